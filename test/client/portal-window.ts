import type { Test } from 'tap'

/** What a page has posted to the portal: a text, or an object for commands with a colon. */
interface Posted { command: string, params: unknown, key: string, sid: string }

const initData = {
  LANG: 'la',
  AUTH_ID: 'first',
  AUTH_EXPIRES: '3600',
  IS_ADMIN: true,
  INSTALL: false,
  PLACEMENT: 'CRM_DEAL_DETAIL_TAB',
  PLACEMENT_OPTIONS: { ID: '7' }
}

function read (message: unknown): Posted {
  if (typeof message !== 'string') {
    const { method, params, callback, appSid } = message as Record<string, string>
    return { command: String(method), params, key: String(callback), sid: String(appSid) }
  }
  // As the portal takes it apart.
  const [command = '', ...rest] = message.split(':')
  const [key = '', sid = ''] = rest.splice(-2)
  return { command, params: rest.length === 0 ? undefined : JSON.parse(rest.join(':')), key, sid }
}

/**
 * A window in a frame, with a portal around it that answers getInitData by itself and everything else when it is told.
 *
 * @param data changes of its answer to getInitData; null: it does not answer
 */
export function openPortalWindow (t: Test, data: object | string | null = {}, name = 'portal.example|1|sid') {
  const [host = '', protocol] = name.split('|')
  const origin = `${protocol === '1' ? 'https' : 'http'}://${host}`
  const posted: Posted[] = []
  const targets = new Set<string>()
  const window = Object.assign(new EventTarget(), {
    name,
    parent: {
      postMessage (message: unknown, target: string) {
        const one = read(message)
        posted.push(one)
        targets.add(target)
        if (one.command !== 'getInitData' || data === null) return
        say(`${one.key}:${typeof data === 'string' ? data : JSON.stringify({ ...initData, ...data })}`)
      }
    }
  })
  function say (data: unknown, from = origin): void {
    window.dispatchEvent(Object.assign(new Event('message'), { origin: from, data }))
  }
  /** The last message with that command. */
  const last = (command: string): Posted | undefined => posted.findLast(one => one.command === command)
  const answer = (command: string, value?: unknown): void =>
    say(`${last(command)?.key}:${value === undefined ? '' : JSON.stringify(value)}`)

  // All of it fits into the frame.
  const document = {
    documentElement: { offsetHeight: 650, scrollHeight: 900, clientHeight: 900 },
    body: { scrollHeight: 700 }
  }
  Object.assign(globalThis, { window, document })
  t.after(() => { for (const name of ['window', 'document']) Reflect.deleteProperty(globalThis, name) })
  return { window, document, posted, targets, say, last, answer }
}
