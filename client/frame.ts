// The portal around a page. Bitrix24's SDK weighs 60 kB compressed, and its part for the frame alone 27 kB; the few
// messages that most pages need are spoken here. Pages without a build load it by plugins/page/scripts.ts.
import { FrameError } from './frame-errors.ts'
import { openMessages, recordOf, type Messages } from './frame-messages.ts'
import type { Auth, CrmItem, Frame, Person } from './frame-types.ts'
import { callRest } from './portal-rest.ts'

export { FrameError, RestError, type FrameErrorCode } from './frame-errors.ts'
export type * from './frame-types.ts'

/** A token that expires on its way is of no use. */
const expiryMargin = 10_000

let connection: Promise<Frame> | undefined

/**
 * Connects to the portal around the page, once: later calls get the same frame. After a failure it can be tried again.
 *
 * @throws {FrameError}
 */
export function connectFrame (): Promise<Frame> {
  connection ??= connect().catch((error: unknown) => {
    connection = undefined
    throw error
  })
  return connection
}

async function connect (): Promise<Frame> {
  const { origin, sid } = portalAround()
  const messages = openMessages(origin, sid)
  try {
    const data = recordOf(await messages.send('getInitData'))
    // The SDK does so as well: otherwise each opening is the user's first one.
    if (data['FIRST_RUN'] === true) messages.tell('setInstall', { install: true })
    return frameOf(origin, messages, data)
  } catch (error) {
    messages.close()
    throw error
  }
}

/** The portal names its frame HOST|PROTOCOL|SID; anywhere else nobody would answer. */
function portalAround (): { origin: string, sid: string } {
  const [host = '', protocol, sid = ''] = window.name.split('|')
  const address = `${protocol === '1' ? 'https' : 'http'}://${host.replace(/:(?:80|443)$/, '')}`
  if (window.parent === window || host === '' || sid === '' || !URL.canParse(address)) {
    throw new FrameError('B24_FRAME_OUTSIDE', 'This page is not inside Bitrix24')
  }
  return { origin: new URL(address).origin, sid }
}

function frameOf (origin: string, messages: Messages, data: Record<string, unknown>): Frame {
  const { tell, send, listen } = messages
  const auth = authOf(messages, data)
  return {
    origin,
    lang: String(data['LANG'] || 'en'),
    isAdmin: data['IS_ADMIN'] === true,
    isInstalling: data['INSTALL'] === true,
    placement: { code: String(data['PLACEMENT'] || 'DEFAULT'), options: recordOf(data['PLACEMENT_OPTIONS']) },
    ...auth,
    call: (method, params = {}) => callRest(origin, auth, method, params),
    send,
    listen,
    on: (event, listener) => listen('placementBindEvent', { event }, listener),
    fit: () => tell('resizeWindow', { width: '100%', height: heightOfPage() }),
    setTitle: title => tell('setTitle', { title }),
    async openPath (path) {
      if (changesWhenDecoded.test(path)) throw new FrameError('B24_FRAME_REFUSED', `A portal would change ${path}`)
      const { result, errorCode } = recordOf(await send('openPath', { path: sliderPath(path, origin) }, Infinity))
      if (result === 'error') throw new FrameError('B24_FRAME_REFUSED', `The portal did not open ${path}: ${errorCode}`)
    },
    async openApplication (options) { await send('openApplication', options, Infinity) },
    close: () => tell('closeApplication'),
    installFinish: () => tell('setInstallFinish'),
    selectUser: async () => await send('selectUser', { mult: false }, Infinity) as Person,
    selectUsers: async () => await send('selectUser', { mult: true }, Infinity) as Person[],
    async selectCrm (options) {
      const lists = Object.entries(recordOf(await send('selectCRM', options, Infinity)))
      // Lists are objects with the keys 0, 1, 2.
      return Object.fromEntries(lists.map(([type, items]) => [type, Object.values(recordOf(items)) as CrmItem[]]))
    },
    destroy () {
      connection = undefined
      messages.close()
    }
  }
}

/** As the SDK measures it, unless the page fits: its scrollHeight is then that of the frame, and room would be left. */
function heightOfPage (): number {
  const { scrollHeight, clientHeight, offsetHeight } = document.documentElement
  return Math.max(offsetHeight, scrollHeight > clientHeight ? scrollHeight : document.body.scrollHeight)
}

// New portals decode a path before they open it, so that these would begin another part of it. Older ones do not: it
// cannot be encoded twice.
const changesWhenDecoded = /%2[356b]/i

/** The portal opens paths of some beginnings alone, but resolves `..` only later: so the SDK passes every path. */
function sliderPath (path: string, origin: string): string {
  const { pathname, searchParams } = new URL(path, origin)
  searchParams.set('IFRAME', 'Y')
  searchParams.set('IFRAME_TYPE', 'SIDE_SLIDER')
  return `/crm/type/0/details/0/../../../../..${pathname}?${searchParams}`
}

function authOf ({ send }: Messages, data: Record<string, unknown>): Pick<Frame, 'getAuth' | 'refreshAuth'> {
  let auth = tokenIn(data)
  let refreshing: Promise<Auth> | undefined

  async function refresh (): Promise<Auth> {
    // When this fails, the portal alerts the user and does not answer.
    auth = tokenIn(recordOf(await send('refreshAuth')))
    if (auth === undefined) throw new FrameError('B24_FRAME_BAD_ANSWER', 'The portal gave no new token')
    return auth
  }
  function refreshAuth (): Promise<Auth> {
    refreshing ??= refresh().finally(() => { refreshing = undefined })
    return refreshing
  }
  return {
    refreshAuth,
    getAuth: async () => auth && auth.expiresAt - expiryMargin > Date.now() ? auth : await refreshAuth()
  }
}

/** The seconds are a text; a token without them is taken for expired. */
function tokenIn ({ AUTH_ID: authId, AUTH_EXPIRES: seconds }: Record<string, unknown>): Auth | undefined {
  if (typeof authId !== 'string' || authId === '') return undefined
  return { authId, expiresAt: Date.now() + (Number(seconds) || 0) * 1000 }
}
