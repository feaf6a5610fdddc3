import type { Portal, SandboxUser } from '../../../../sandbox/index.ts'
import { ask } from '../../helper.ts'

/** The beginning of every code of REST 3.0. */
export const PREFIX = 'BITRIX_REST_V3_EXCEPTION_'

/** A call of REST 3.0 on behalf of a user: an employee unless another one is given. */
export const callV3 = (
  portal: Portal, method: string, params: object = {}, headers: Record<string, string> = {},
  user: SandboxUser = portal.users.employee
) => ask(`${portal.url}/rest/api/${method}`, {
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify({ ...params, auth: portal.grant(user).accessToken })
})

/** `result` of a call that must succeed. */
export async function resultV3 (portal: Portal, method: string, params: object = {}): Promise<unknown> {
  const { status, body } = await callV3(portal, method, params)
  if (status !== 200) throw new Error(`${method} answered ${status} ${JSON.stringify(body)}`)
  return body.result
}

/** Status, end of the code and validation of a call that must fail. */
export async function failureV3 (portal: Portal, method: string, params: object = {}): Promise<unknown[]> {
  const { status, body } = await callV3(portal, method, params)
  // Every error of REST 3.0 has this form.
  const { code, validation } = body.error as { code: string, validation?: Array<{ field?: string }> }
  return [status, code.replace(PREFIX, '').replace(/EXCEPTION$/, ''), ...(validation ?? []).map(({ field }) => field)]
}
