import { ApiError } from './api-error.ts'
import type { Auth, Frame } from './frame-types.ts'
import type { PageData } from './page-data.ts'

export interface ApiInit {
  /** Default GET, or POST with a body */
  method?: string
  /** Sent as JSON */
  body?: unknown
  headers?: HeadersInit
  /** Default: gives up after a minute */
  signal?: AbortSignal
  /** Sends the user's access token as well, for routes that call `fastify.verifyPageUser` */
  asUser?: boolean
}

/**
 * Calls a route of the service with the page's session, and reads the JSON of its answer.
 *
 * @throws {ApiError}
 */
export type Api = <R = unknown>(path: string, init?: ApiInit) => Promise<R>

interface ApiOptions {
  page: Pick<PageData, 'session' | 'base' | 'lang' | 'texts'>
  /** The portal around the page */
  frame: () => Promise<Pick<Frame, 'getAuth' | 'refreshAuth'>>
  /** Where the page comes from */
  origin: string
}

interface Call { url: URL, init: ApiInit, body?: string | undefined }

const minute = 60_000

export function createApi ({ page, frame, origin }: ApiOptions): Api {
  const { base, lang, texts } = page
  const {
    unreachable = 'The application does not answer. Check your connection and try again.',
    expired = 'This page was open too long and its access has expired.'
  } = texts ?? {}
  let session = page.session
  let refreshAt = timeToRefresh(endOf(session))
  let refreshing: Promise<void> | undefined

  function urlOf (path: string): URL {
    const url = new URL(base + path, origin)
    // Session and token are for this service alone.
    if (path.startsWith('/') && url.origin === origin && url.pathname.startsWith(`${base}/`)) return url
    throw new ApiError('B24_API_PATH', 0, `${path} is no path of this service`)
  }

  /** Sends a call once. */
  async function send ({ url, init, body }: Call, authId?: string): Promise<unknown> {
    const { method = body === undefined ? 'GET' : 'POST', signal = AbortSignal.timeout(minute) } = init
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${session}`)
    headers.set('accept-language', lang)
    if (body !== undefined) headers.set('content-type', 'application/json')
    if (authId !== undefined) headers.set('x-b24-auth-id', authId)
    let [status, text] = [0, '']
    try {
      const answer = await fetch(url, { method, headers, signal, redirect: 'error', body: body ?? null })
      status = answer.status
      text = await answer.text()
    } catch (error) {
      // Who has aborted it knows.
      if (init.signal?.aborted === true) throw error
      throw new ApiError('B24_API_UNREACHABLE', 0, unreachable)
    }
    return readAnswer(status, text)
  }

  function readAnswer (status: number, text: string): unknown {
    const isGood = status < 400
    if (isGood && text === '') return undefined
    const json = jsonOf(text)
    if (json === undefined) throw new ApiError('B24_API_UNREADABLE', status, unreachable)
    if (isGood) return json
    const details = { ...json as Record<string, unknown> | null }
    const { error = 'B24_API_UNREADABLE', message = unreachable } = details
    throw new ApiError(String(error), status, String(message), details)
  }

  async function askFrame (method: 'getAuth' | 'refreshAuth'): Promise<Auth> {
    try {
      return await (await frame())[method]()
    } catch (error) {
      const { code = 'B24_FRAME_NO_ANSWER' } = error as { code?: string }
      // Outside of a portal there is no user to tell.
      throw code === 'B24_FRAME_OUTSIDE' ? error : new ApiError(code, 0, expired)
    }
  }

  /** Sends a call with the user's token, and once more with a new one if the service does not take it. */
  async function asUser<R> (use: (authId: string) => Promise<R>, lifetime = 0): Promise<R> {
    let auth = await askFrame('getAuth')
    if (auth.expiresAt - Date.now() < lifetime) auth = await askFrame('refreshAuth')
    try {
      return await use(auth.authId)
    } catch (error) {
      if (!isOf(error, 'B24_ERR_AUTH_ID_')) throw error
      return await use((await askFrame('refreshAuth')).authId)
    }
  }

  async function exchange (): Promise<void> {
    const url = urlOf('/api/session')
    // The session ends with the token, so it is worth a new one.
    const next = await asUser(async authId =>
      await send({ url, init: {}, body: JSON.stringify({ authId }) }), 15 * minute)
    const { session: token, expiresIn } = next as { session: string, expiresIn: number }
    session = token
    // By the clock of this machine, which may be wrong.
    refreshAt = timeToRefresh(Date.now() + expiresIn * 1000)
  }

  /** Gets a new session, once for all calls that need it at the same time. */
  function refresh (): Promise<void> {
    refreshing ??= exchange().finally(() => { refreshing = undefined })
    return refreshing
  }

  return async <R>(path: string, init: ApiInit = {}) => {
    const call: Call = { url: urlOf(path), init, body: JSON.stringify(init.body) }
    const ask = async () => init.asUser ? await asUser(authId => send(call, authId)) : await send(call)
    if (Date.now() >= refreshAt) await refresh()
    const used = session
    try {
      return await ask() as R // the caller knows what the route answers
    } catch (error) {
      if (!isOf(error, 'B24_ERR_PAGE_SESSION')) throw error
      if (session === used) await refresh()
      return await ask() as R
    }
  }
}

const isOf = (error: unknown, code: string): boolean => error instanceof ApiError && error.code.startsWith(code)

function jsonOf (text: string): unknown {
  try { return JSON.parse(text) } catch { return undefined }
}

/** When a session ends, in milliseconds since 1970; Infinity for what is no session of the service. */
function endOf (session: string): number {
  const [, payload = ''] = session.split('.')
  const said = payload && jsonOf(atob(payload.replaceAll('-', '+').replaceAll('_', '/')))
  return said ? (said as { exp: number }).exp * 1000 : Infinity
}

/** A minute before the end, so that a call on its way is in time; later for a short session. */
function timeToRefresh (end: number): number {
  return end - Math.min(minute, Math.max(0, end - Date.now()) / 10)
}
