import { FrameError } from './frame-errors.ts'

/** Who waits for an answer: `take` is given its text, the part behind the key. */
interface Waiting { take: (text: string) => void, fail: (error: FrameError) => void }

const answerTimeout = 10_000

export type Messages = ReturnType<typeof openMessages>

/** Listens to the portal around the page, and speaks to it as `sid`. */
export function openMessages (origin: string, sid: string) {
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
    const take = (text: string): void => {
      let value: unknown
      // Nobody waits whom a fault in the answer could be told.
      try { value = parse(text) } catch { return }
      listener(value)
    }
    waiting.set(key, { take, fail: () => {} })
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
export function recordOf (value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

/** Undefined for what is no JSON. */
export function jsonOf (text: string): unknown {
  try { return JSON.parse(text) } catch { return undefined }
}
