import type { PlacementCall } from './call.ts'
import { checkOptions } from './check-options.ts'
import { nothingAnswersAt, sendMessage } from './send-message.ts'
import type { SandboxAnswer } from './send-message.ts'
import type { Wire } from './wire.ts'

/** Fields to replace before a call is sent; undefined leaves one out. */
export interface CallChanges {
  query?: Record<string, string>
  body?: Record<string, string | undefined>
}

/** The address with some fields of its query replaced or added; the others stay as the application wrote them. */
function withQuery (address: string, changes: Record<string, string>): string {
  const url = new URL(address)
  const left = new Map(Object.entries(changes))
  const encode = (name: string, value: string) => new URLSearchParams({ [name]: value }).toString()
  const pairs = url.search.slice(1).split('&').flatMap(pair => {
    const [name = ''] = new URLSearchParams(pair).keys()
    if (!Object.hasOwn(changes, name)) return pair
    const value = left.get(name)
    left.delete(name)
    return value === undefined ? [] : encode(name, value)
  })
  for (const [name, value] of left) pairs.push(encode(name, value))
  url.search = pairs.join('&')
  return url.href
}

/**
 * Sends a call as the user's browser does.
 *
 * @throws when the application does not answer; TypeError for a change that does not exist
 * @internal
 */
export async function sendCall (wire: Wire, call: PlacementCall, changes: CallChanges = {}): Promise<SandboxAnswer> {
  checkOptions('send()', changes, { query: true, body: true })
  const url = changes.query ? withQuery(call.url, changes.query) : call.url
  const fields = Object.entries({ ...call.body, ...changes.body }).filter((field): field is [string, string] =>
    field[1] !== undefined)
  const body = Object.fromEntries(fields)
  const answer = await sendMessage(wire,
    { name: body.PLACEMENT, memberId: body.member_id, method: call.method, sent: { url, body } })
  if (!answer) throw new Error(nothingAnswersAt(url))
  return answer
}
