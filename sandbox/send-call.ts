import type { PlacementCall } from './call.ts'
import { sendMessage } from './send-message.ts'
import type { SandboxAnswer } from './send-message.ts'
import type { Wire } from './wire.ts'

/** Fields to replace before a call is sent; undefined leaves one out. */
export interface CallChanges {
  query?: Record<string, string>
  body?: Record<string, string | undefined>
}

/**
 * Sends a call as the user's browser does.
 *
 * @throws when the application does not answer
 */
export async function sendCall (wire: Wire, call: PlacementCall, changes: CallChanges = {}): Promise<SandboxAnswer> {
  const url = new URL(call.url)
  for (const [name, value] of Object.entries({ ...call.query, ...changes.query })) url.searchParams.set(name, value)
  const fields = Object.entries({ ...call.body, ...changes.body }).filter((field): field is [string, string] => field[1] !== undefined)
  const body = Object.fromEntries(fields)
  const answer = await sendMessage(wire, { name: body.PLACEMENT, memberId: body.member_id, method: call.method, sent: { url: url.href, body } })
  if (!answer) throw new Error(`Nothing answers at ${url.origin}: is the application running there?`)
  return answer
}
