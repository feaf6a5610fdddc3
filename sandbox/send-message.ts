import type { SentMessage, Wire } from './wire.ts'

/** A message of the portal to the application. */
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
}

/** What a page of the application says became of the call: the code of its refusal, or that it answered. */
export const outcomeOf = (text: string): string => /B24_ERR_[A-Z_]+/.exec(text)?.[0] ?? 'answered'

/**
 * Sends a message without following redirects, and puts it on the wire. `timeout` is in milliseconds. Gives undefined when
 * nothing has answered by then.
 */
export async function sendMessage (wire: Wire, { name, memberId, method, sent }: PortalMessage, timeout = 30_000): Promise<SandboxAnswer | undefined> {
  const url = new URL(sent.url)
  const entry = wire.record({
    from: 'portal',
    to: 'application',
    ...(memberId !== undefined && { memberId }),
    method,
    path: url.pathname,
    ...(name !== undefined && { name }),
    fields: { ...Object.fromEntries(url.searchParams), ...sent.body },
    sent
  })
  const started = performance.now()
  const ms = () => Math.round(performance.now() - started)
  try {
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeout),
      ...(method === 'POST' && { body: new URLSearchParams(sent.body) })
    })
    const text = await response.text()
    wire.complete(entry, { status: response.status, outcome: outcomeOf(text), ms: ms() })
    return { status: response.status, headers: response.headers, text }
  } catch (error) {
    wire.complete(entry, { outcome: error instanceof DOMException ? 'no answer in time' : 'not reachable', ms: ms() })
    return undefined
  }
}
