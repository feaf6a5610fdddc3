import { ApiError } from './api-error.ts'
import { jsonOf } from './frame-messages.ts'
import type { Auth, Frame } from './frame-types.ts'
import type { PageData } from './page-data.ts'
import { toBody } from './request-body.ts'
import { serviceUrl } from './service-url.ts'
import { keepSession } from './session.ts'

export interface ApiInit<R = unknown> {
  /** Default GET, or POST with a body */
  method?: string
  /** Sent as JSON, unless it is a FormData, a Blob, URLSearchParams or bytes */
  body?: unknown
  /** Reads an answer that is no JSON, such as a file: `answer => answer.blob()`; what it throws, `api` throws */
  read?: (answer: Response) => Promise<R>
  headers?: HeadersInit
  /** Default: gives up after a minute */
  signal?: AbortSignal
  /** Sends the user's access token as well, for routes that call `fastify.verifyPageUser` */
  asUser?: boolean
}

/**
 * Calls a route of the service with the page's session, and reads the JSON of its answer, or what `read` makes of it.
 *
 * @throws {ApiError}
 */
export type Api = <R = unknown>(path: string, init?: ApiInit<R>) => Promise<R>

interface ApiOptions {
  page: Pick<PageData, 'session' | 'base' | 'lang' | 'texts'>
  /** The portal around the page */
  frame: () => Promise<Pick<Frame, 'getAuth' | 'refreshAuth'>>
  /** Where the page comes from */
  origin: string
}

interface Call { url: URL, init: ApiInit, session: string, authId?: string }

const minute = 60_000

export function createApi ({ page, frame, origin }: ApiOptions): Api {
  const { base, lang, texts } = page
  const {
    unreachable = 'The application does not answer. Check your connection and try again.',
    expired = 'This page was open too long and its access has expired.'
  } = texts ?? {}

  function urlOf (path: string): URL {
    const url = serviceUrl(path, base, origin)
    if (url !== undefined) return url
    throw new ApiError('B24_API_PATH', 0, `${path} is no path of this service`)
  }

  /** Sends a call once. */
  async function send ({ url, init, session, authId }: Call): Promise<unknown> {
    const { body, method = body === undefined ? 'GET' : 'POST', signal = AbortSignal.timeout(minute) } = init
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${session}`)
    headers.set('accept-language', lang)
    if (authId !== undefined) headers.set('x-b24-auth-id', authId)
    const content = toBody(body, headers)
    let answer: Response
    try {
      answer = await fetch(url, { method, headers, signal, redirect: 'error', body: content })
      if (!answer.ok || init.read === undefined) return readAnswer(answer.status, await answer.text(), unreachable)
    } catch (error) {
      // Whoever has aborted it knows.
      if (error instanceof ApiError || init.signal?.aborted === true) throw error
      throw new ApiError('B24_API_UNREACHABLE', 0, unreachable)
    }
    return await init.read(answer)
  }

  async function ask (method: 'getAuth' | 'refreshAuth'): Promise<Auth> {
    const portal = await frame()
    return await portal[method]().catch((error: { code: string }) => { throw new ApiError(error.code, 0, expired) })
  }

  /** Runs with the user's token, and once more with a new one if the service does not take it. */
  async function withToken<R> (use: (authId: string) => Promise<R>, lifetime = 0): Promise<R> {
    const { authId, expiresAt } = await ask('getAuth')
    try {
      return await use(expiresAt - Date.now() < lifetime ? (await ask('refreshAuth')).authId : authId)
    } catch (error) {
      if (!isOf(error, 'B24_ERR_AUTH_ID_')) throw error
      return await use((await ask('refreshAuth')).authId)
    }
  }

  const session = keepSession({
    session: page.session,
    // It ends with the token, so one that lasts is worth a question to the portal.
    exchange: async session => await withToken(async authId => {
      const next = await send({ url: urlOf('/api/session'), init: { body: { authId } }, session })
      return next as { session: string, expiresIn: number } // by the route's schema
    }, 15 * minute)
  })

  return async <R>(path: string, init: ApiInit<R> = {}) => {
    const url = urlOf(path)
    const call = async (session: string) => init.asUser === true
      ? await withToken(async authId => await send({ url, init, session, authId }))
      : await send({ url, init, session })
    const used = await session.current()
    try {
      return await call(used) as R // the caller knows what the route answers
    } catch (error) {
      if (!isOf(error, 'B24_ERR_PAGE_SESSION')) throw error
      return await call(await session.after(used)) as R
    }
  }
}

const isOf = (error: unknown, code: string): boolean => error instanceof ApiError && error.code.startsWith(code)

function readAnswer (status: number, text: string, otherwise: string): unknown {
  const isGood = status < 400
  if (isGood && text === '') return undefined
  const json = jsonOf(text)
  if (json === undefined) throw new ApiError('B24_API_UNREADABLE', status, otherwise)
  if (isGood) return json
  const details = { ...json as Record<string, unknown> | null }
  const { error = 'B24_API_UNREADABLE', message = otherwise } = details
  throw new ApiError(String(error), status, String(message), details)
}
