// What a page of `reply.app` needs of the service that has opened it, and of the portal around it.
import { createApi, type Api } from './api.ts'
import { connectFrame, FrameError } from './frame.ts'
import type { Frame } from './frame-types.ts'
import type { Mock } from './mock.ts'
import type { Page, PageData } from './page-data.ts'

export { ApiError } from './api-error.ts'
export type { Api, ApiInit } from './api.ts'
export { FrameError, RestError } from './frame.ts'
export type * from './frame-types.ts'
export { mockFrame, type Mock, type MockOptions } from './mock.ts'
export type { Page, PageData } from './page-data.ts'

/** The page that is open here. */
interface Open { page: Page, api: Api, frame: () => Promise<Frame> }

let open: Open | undefined

function openPage (mock?: Mock): Open {
  // On the server there is no document. What the page shows may hold a user's HTML, but no script.
  const text = globalThis.document?.querySelector('script#b24-page-data')?.textContent
  if (text) open ??= openReal(JSON.parse(text))
  else if (mock !== undefined) open = openMock(mock)
  return open ?? outside()
}

function openReal ({ session, base, texts, ...page }: PageData): Open {
  const own = { session, base, lang: page.lang, ...(texts && { texts }) }
  return { page, api: createApi({ page: own, frame: connectFrame, origin: location.origin }), frame: connectFrame }
}

function openMock ({ page, frame: mocked, api }: Mock): Open {
  const frame = async () => mocked
  const own = { session: 'mock', base: '', lang: page.lang }
  const answer = async (path: string, init = {}) => await api?.(path, init)
  const sent = createApi({ page: own, frame, origin: globalThis.location?.origin ?? 'http://localhost' })
  return { page, frame, api: api === undefined ? sent : answer as Api } // its developer knows what a route answers
}

function outside (): never {
  throw new FrameError('B24_FRAME_OUTSIDE',
    'This page is not inside Bitrix24: to open it alone, call bootstrap({ mock: mockFrame({ data }) })')
}

/**
 * What the service tells the page: the data of its handler, who the user is, where the page stands.
 *
 * @param options.mock stands for the portal and the service where the page is opened without them; elsewhere it does
 *   not count
 * @throws {FrameError} outside of a portal, without a mock
 */
export function bootstrap<T> ({ mock }: { mock?: Mock<T> | undefined } = {}): Page<T> {
  return openPage(mock).page as Page<T> // the handler has given its page this type
}

/** Calls a route of the service for the page that is open: see the type. */
export const api: Api = async (path, init) => await openPage().api(path, init)

/**
 * The portal around the page.
 *
 * @throws {FrameError}
 */
export const frame = async (): Promise<Frame> => await openPage().frame()

/**
 * Bitrix24's whole SDK, loaded when it is first asked for. A page that is opened alone has none.
 *
 * @throws {FrameError}
 */
export async function b24 () {
  // Says where the page is, which the SDK does not.
  await connectFrame()
  return await (await import('./sdk.ts')).openSdk()
}
