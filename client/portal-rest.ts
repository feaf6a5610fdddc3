import { RestError } from './frame-errors.ts'
import { jsonOf, recordOf } from './frame-messages.ts'
import type { Auth, Frame } from './frame-types.ts'

const restTimeout = 30_000

/**
 * Calls a REST method of the portal as the user.
 *
 * @throws {RestError}
 */
export async function callRest<R> (
  origin: string, { getAuth, refreshAuth }: Pick<Frame, 'getAuth' | 'refreshAuth'>, method: string, params: object
): Promise<R> {
  const url = `${origin}/rest/${encodeURIComponent(method)}`
  const ask = ({ authId }: Auth) => postRest(url, { ...params, auth: authId })
  const used = await getAuth()
  let answer = await ask(used)
  // The portal tells how long a token is good from when its own page was opened, which may be long ago.
  if (answer.status === 401 && ['expired_token', 'invalid_token'].includes(String(answer.body['error']))) {
    const present = await getAuth()
    answer = await ask(present === used ? await refreshAuth() : present)
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
