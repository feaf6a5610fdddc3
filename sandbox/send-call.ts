import type { PlacementCall } from './call.ts'
import type { SandboxState } from './state.ts'

/** Fields to replace before a call is sent; undefined leaves one out. */
export interface CallChanges {
  query?: Record<string, string>
  body?: Record<string, string | undefined>
}

/** What the application answered. */
export interface SandboxAnswer {
  status: number
  headers: Headers
  text: string
}

/**
 * Sends a call as the user's browser does, without following redirects, and puts it on the wire.
 *
 * @throws when the application does not answer
 */
export async function sendCall (state: SandboxState, call: PlacementCall, changes: CallChanges = {}): Promise<SandboxAnswer> {
  const url = new URL(call.url)
  for (const [name, value] of Object.entries({ ...call.query, ...changes.query })) url.searchParams.set(name, value)
  const fields = Object.entries({ ...call.body, ...changes.body }).filter((field): field is [string, string] => field[1] !== undefined)
  const body = Object.fromEntries(fields)
  const entry = state.wire.record({
    from: 'portal',
    to: 'application',
    ...(body.member_id && { memberId: body.member_id }),
    method: call.method,
    path: url.pathname,
    ...(body.PLACEMENT && { name: body.PLACEMENT }),
    fields: { ...Object.fromEntries(url.searchParams), ...body },
    sent: { url: url.href, body }
  })
  const started = Date.now()
  try {
    const answer = await fetch(url, {
      method: call.method,
      redirect: 'manual',
      ...(call.method === 'POST' && {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(body).toString()
      })
    })
    const text = await answer.text()
    state.wire.complete(entry, { status: answer.status, ms: Date.now() - started })
    return { status: answer.status, headers: answer.headers, text }
  } catch (error) {
    state.wire.complete(entry, { outcome: 'not reachable' })
    throw new Error(`Nothing answers at ${url.origin}: is the application running there?`, { cause: error })
  }
}
