// The portal around a page. Bitrix24's SDK weighs 60 kB compressed, and its part for the frame alone 27 kB; the few
// messages that most pages need are spoken here. It imports types only: pages without a build load it as it is.
import type { Auth, CrmItem, Frame, Person } from './frame-types.ts'

export type * from './frame-types.ts'

export type FrameErrorCode =
  | 'B24_FRAME_OUTSIDE' // the page is not in a portal
  | 'B24_FRAME_NO_ANSWER' // of the portal, in time
  | 'B24_FRAME_BAD_ANSWER' // no JSON, or not what was asked for
  | 'B24_FRAME_REFUSED' // by the portal
  | 'B24_FRAME_CLOSED' // by destroy()

export class FrameError extends Error {
  override name = 'FrameError'
  code: FrameErrorCode

  constructor (code: FrameErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

/** A REST method failed. */
export class RestError extends Error {
  override name = 'RestError'
  /** The portal's code, `NETWORK_ERROR`, `REQUEST_TIMEOUT`, or `BAD_ANSWER` for what is no answer of a portal */
  code: string
  /** Of HTTP; 0: there was no answer */
  status: number

  constructor (code: string, status: number, message: string) {
    super(message)
    this.code = code
    this.status = status
  }
}

/** Who waits for an answer: `take` is given its text, the part behind the key. */
interface Waiting { take: (text: string) => void, fail: (error: FrameError) => void }

const answerTimeout = 10_000
const restTimeout = 30_000
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

type Messages = ReturnType<typeof openMessages>

function openMessages (origin: string, sid: string) {
  const waiting = new Map<string, Waiting>()
  // Not randomUUID(), which is missing where the portal is served without TLS.
  const prefix = Math.random().toString(36).slice(2)
  let count = 0

  function onMessage ({ origin: from, data }: MessageEvent<unknown>): void {
    // Others write to the page as well, such as extensions and development tools.
    if (from !== origin || typeof data !== 'string') return
    const end = data.indexOf(':')
    waiting.get(data.slice(0, end))?.take(data.slice(end + 1))
  }

  /** Posts a command without waiting: for those that are done without an answer, or not at all. */
  function tell (command: string, params: object | string = {}, key = `${prefix}${++count}`): void {
    const text = typeof params === 'string' ? params : JSON.stringify(params)
    const fields = [command, ...text === '{}' ? [] : [text], key, sid]
    // The portal splits a text at its colons, so a command that has one goes as an object.
    const whole = { method: command, params, callback: key, appSid: sid, requestId: key }
    window.parent.postMessage(command.includes(':') ? whole : fields.join(':'), origin)
  }

  function send (command: string, params?: object | string, timeout = answerTimeout): Promise<unknown> {
    const key = `${prefix}${++count}`
    return new Promise((resolve, reject) => {
      const fail = (error: FrameError): void => {
        waiting.delete(key)
        clearTimeout(timer)
        reject(error)
      }
      const take = (text: string): void => {
        try {
          resolve(parse(text))
        } catch {
          reject(new FrameError('B24_FRAME_BAD_ANSWER', `The answer of the portal to ${command} is no JSON`))
        }
        waiting.delete(key)
        clearTimeout(timer)
      }
      const late = new FrameError('B24_FRAME_NO_ANSWER', `The portal did not answer ${command}`)
      const timer = timeout === Infinity ? undefined : setTimeout(fail, timeout, late)
      waiting.set(key, { take, fail })
      tell(command, params, key)
    })
  }

  function listen (command: string, params: object, listener: (value: unknown) => void): () => void {
    const key = `${prefix}${++count}`
    waiting.set(key, { take: text => listener(parse(text)), fail: () => {} })
    tell(command, params, key)
    return () => { waiting.delete(key) }
  }

  function close (): void {
    window.removeEventListener('message', onMessage)
    for (const { fail } of waiting.values()) fail(new FrameError('B24_FRAME_CLOSED', 'The frame was destroyed'))
    waiting.clear()
  }

  window.addEventListener('message', onMessage)
  return { tell, send, listen, close }
}

/** An answer without a value is an empty text. */
const parse = (text: string): unknown => text === '' ? undefined : JSON.parse(text)

/** PHP writes an empty object as `[]`, and the portal leaves out what it does not have. */
function recordOf (value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
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

/** As the SDK measures it. */
function heightOfPage (): number {
  const { scrollHeight, offsetHeight } = document.documentElement
  return Math.max(scrollHeight, offsetHeight)
}

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

async function callRest<R> (
  origin: string, { getAuth, refreshAuth }: Pick<Frame, 'getAuth' | 'refreshAuth'>, method: string, params: object
): Promise<R> {
  const url = `${origin}/rest/${encodeURIComponent(method)}`
  const ask = ({ authId }: Auth) => postRest(url, { ...params, auth: authId })
  let answer = await ask(await getAuth())
  // The portal's page may be older than its token; or the user was given another one meanwhile.
  if (answer.status === 401 && ['expired_token', 'invalid_token'].includes(String(answer.body['error']))) {
    answer = await ask(await refreshAuth())
  }
  const { status, body } = answer
  if (status < 400 && 'result' in body && !('error' in body)) return body['result'] as R
  const { error = 'BAD_ANSWER', error_description: description = '' } = body
  throw new RestError(String(error), status, String(description))
}

async function postRest (url: string, body: object): Promise<{ status: number, body: Record<string, unknown> }> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      credentials: 'omit',
      signal: AbortSignal.timeout(restTimeout)
    })
    const text = await response.text()
    return { status: response.status, body: recordOf(jsonOf(text)) }
  } catch (error) {
    const isLate = error instanceof DOMException && error.name === 'TimeoutError'
    throw new RestError(isLate ? 'REQUEST_TIMEOUT' : 'NETWORK_ERROR', 0, 'The portal cannot be reached')
  }
}

function jsonOf (text: string): unknown {
  try { return JSON.parse(text) } catch { return undefined }
}
