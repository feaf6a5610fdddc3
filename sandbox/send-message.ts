import type { SentMessage, Wire, WireEntry } from './wire.ts'

/** A message of the portal to the application. @internal */
export interface PortalMessage {
  /** Placement code or name of the event. */
  name: string | undefined
  memberId: string | undefined
  method: string
  sent: SentMessage
}

/** What the application answered. */
export interface SandboxAnswer {
  status: number
  headers: Headers
  text: string
  /** What the page sends with its own calls, as `Authorization: Bearer`; undefined on a page without a session. */
  pageSession?: string | undefined
}

/** The page session in the head of a page of the application. */
function sessionOn (page: string): string | undefined {
  const [, data] = /<script[^>]* id="b24-page-data"[^>]*>([^<]+)</.exec(page) ?? []
  if (data !== undefined) return (JSON.parse(data) as { session: string }).session // as the service writes it
  return /<meta name="page-session" content="([^"]+)">/.exec(page)?.[1]
}

/** The code of the refusal on a page of the application, or in its JSON; undefined in any other answer. @internal */
export const refusalOn = (answer: string): string | undefined =>
  /(?:"error":"|details-title[^]*?<code[^>]*>|<code[^>]*>(?=B24_ERR_))([A-Z][A-Z\d]*_[A-Z\d_]+)/
    .exec(answer.replaceAll('<wbr>', ''))?.[1]

/** What a page of the application says became of the call: the code of its refusal, or that it answered. @internal */
export const outcomeOf = (page: string): string => refusalOn(page) ?? 'answered'

/** The outcome of what found nobody at its address. @internal */
export const NOT_REACHABLE = 'not reachable'

/**
 * What to say to whoever has sent something to this address of the application, and nothing listens there.
 * @internal
 */
export const nothingAnswersAt = (url: string): string =>
  `Nothing answers at ${new URL(url).origin}: is the application running there?`

/** Puts a message on the wire as it is sent. @internal */
export function recordMessage (wire: Wire, { name, memberId, method, sent }: PortalMessage): WireEntry {
  const { pathname, searchParams } = new URL(sent.url)
  return wire.record({
    from: 'portal',
    to: 'application',
    ...(memberId !== undefined && { memberId }),
    method,
    path: pathname,
    ...(name !== undefined && { name }),
    fields: { ...Object.fromEntries(searchParams), ...sent.body },
    sent
  })
}

/**
 * Sends a message without following redirects, and puts it on the wire. `timeout` is in milliseconds. Gives undefined
 * when nothing has answered by then.
 * @internal
 */
export async function sendMessage (
  wire: Wire, message: PortalMessage, timeout = 30_000
): Promise<SandboxAnswer | undefined> {
  const { method, sent } = message
  const entry = recordMessage(wire, message)
  const started = performance.now()
  const ms = () => Math.round(performance.now() - started)
  try {
    const response = await fetch(sent.url, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeout),
      ...(method === 'POST' && { body: new URLSearchParams(sent.body) })
    })
    const text = await response.text()
    wire.complete(entry, { status: response.status, outcome: outcomeOf(text), ms: ms() })
    return { status: response.status, headers: response.headers, text, pageSession: sessionOn(text) }
  } catch (error) {
    wire.complete(entry, { outcome: error instanceof DOMException ? 'no answer in time' : NOT_REACHABLE, ms: ms() })
    return undefined
  }
}
