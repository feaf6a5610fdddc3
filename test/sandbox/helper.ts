import { sandbox } from '../../sandbox/index.ts'
import type { Portal, Sandbox, SandboxOptions, SandboxUser } from '../../sandbox/index.ts'

/** What these helpers need of a test: a place to register the clean-up. */
interface Scope { after: (fn: () => unknown) => void }

/**
 * A running sandbox that is closed with the test. Nothing listens at the application's address unless the test says so.
 */
export async function sandboxFor (t: Scope, options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const bitrix24 = await sandbox({ appUrl: 'http://127.0.0.1:9', ...options })
  t.after(() => bitrix24.close())
  return bitrix24
}

/** A page in one line: to a browser, white space is a space. */
export const pageText = async (response: Response): Promise<string> => (await response.text()).replaceAll(/\s+/g, ' ')

export interface Answer {
  status: number
  body: Record<string, unknown>
}

/** Status and decoded JSON body of a request. */
export async function ask (url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init)
  // Every answer of the sandbox's JSON interfaces is an object.
  return { status: response.status, body: await response.json() as Record<string, unknown> }
}

/** A REST call with a JSON body, on behalf of a user: the administrator unless another one is given. */
export function callRest (
  portal: Portal, method: string, params: Record<string, unknown> = {}, user: SandboxUser = portal.users.admin
): Promise<Answer> {
  return ask(`${portal.url}/rest/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...params, auth: portal.grant(user).accessToken })
  })
}

/** `result` of a REST call that must succeed. */
export async function resultOf (...args: Parameters<typeof callRest>): Promise<unknown> {
  const { status, body } = await callRest(...args)
  if (status !== 200) throw new Error(`${args[1]} answered ${status} ${String(body.error)}`)
  return body.result
}

/** Status, code and argument of a REST call that must fail. */
export async function failureOf (...args: Parameters<typeof callRest>): Promise<unknown[]> {
  const { status, body } = await callRest(...args)
  return [status, body.error, ...('argument' in body ? [body.argument] : [])]
}
