import type { Frame } from './frame-types.ts'
import { toBody } from './request-body.ts'
import { serviceUrl } from './service-url.ts'
import { keepSession } from './session.ts'

interface FetchOptions extends Omit<RequestInit, 'body'> {
  /** Sends the user's access token as well, which the portal hands out anew when it has expired */
  asUser?: boolean
  /** Is sent as JSON, unless it is a FormData, a Blob, URLSearchParams or bytes */
  body?: unknown
}

const quarter = 900_000

const metaOf = (name: string): string => document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? ''

/** `fetch` for the routes of this service, with the session of a page of reply.page. */
export function createFetch (frame: () => Promise<Pick<Frame, 'getAuth' | 'refreshAuth'>>) {
  const first = metaOf('page-session')
  const session = keepSession({ session: first, exchange })

  /** Exchanges a session for a new one, which ends with the token at the latest. */
  async function exchange (session: string): Promise<{ session: string, expiresIn: number }> {
    const { getAuth, refreshAuth } = await frame()
    const { authId, expiresAt } = await getAuth()
    const token = expiresAt - Date.now() < quarter ? (await refreshAuth()).authId : authId
    const answer = await send('/api/session', session, { method: 'POST', body: { authId: token } })
    if (!answer.ok) throw new Error('The session of this page is not exchanged')
    return await answer.json()
  }

  async function send (
    path: string, session: string, { asUser = false, body, headers, ...init }: FetchOptions
  ): Promise<Response> {
    const url = serviceUrl(path, metaOf('base'), window.location.origin)
    if (url === undefined) throw new TypeError(`${path} is no path of this service`)
    const sent = new Headers(headers)
    sent.set('authorization', `Bearer ${session}`)
    if (asUser) sent.set('x-b24-auth-id', (await (await frame()).getAuth()).authId)
    return fetch(url, { ...init, headers: sent, redirect: 'error', body: toBody(body, sent) })
  }

  return async (path: string, options: FetchOptions = {}): Promise<Response> => {
    // Where the portal does not help to get another session, the answer is the service's refusal.
    const used = await session.current().catch(() => first)
    const answer = await send(path, used, options)
    if (answer.status !== 401 || !(await answer.clone().text()).includes('"B24_ERR_PAGE_SESSION"')) return answer
    return await session.after(used).then(next => send(path, next, options), () => answer)
  }
}
