import { once } from 'node:events'
import { connect } from 'node:net'
import { NOT_REACHABLE, nothingAnswersAt } from './send-message.ts'
import type { Wire, WireEntry } from './wire.ts'

/** Milliseconds. */
const PATIENCE = 3000

/** Whether something listens at the host of an address. It gets no request: only pages of the portal call it. */
async function listens (address: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(address)
  const socket = connect(Number(port) || (protocol === 'https:' ? 443 : 80), hostname.replace(/^\[|\]$/g, ''))
  const connected = await once(socket, 'connect', { signal: AbortSignal.timeout(PATIENCE) }).then(() => true,
    () => false)
  socket.destroy()
  return connected
}

/**
 * After a frame has loaded, which it also does with the browser's own page about a service that is not running: tells
 * that on the wire, and gives a sentence for the page around the frame. Undefined when the service runs, or when the
 * wire knows already what became of the call.
 */
export async function explainSilence (wire: Wire, call: WireEntry, url: string): Promise<string | undefined> {
  if (call.status !== undefined || call.outcome !== undefined || await listens(url)) return undefined
  wire.complete(call, { outcome: NOT_REACHABLE })
  return nothingAnswersAt(url)
}
