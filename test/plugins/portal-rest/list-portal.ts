import type { Test } from 'tap'
import type { Portal, SandboxMethod } from '../../../sandbox/index.ts'
import { openPortalRest } from '../../../plugins/portal-rest/portal-rest.ts'
import type { RestCredentials } from '../../../plugins/portal-rest/rest-interface.ts'
import { sandboxFor } from '../../sandbox/helper.ts'
import { connectionsFor } from '../../servers.ts'

export interface Row { ID: string }
export const rowsUpTo = (count: number) => Array.from({ length: count }, (_, index): Row => ({ ID: String(index + 1) }))
export const ids = (rows: Row[]) => rows.map(({ ID }) => Number(ID))
export const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

/** The REST interface of a portal of the sandbox, which has these methods, and how often the portal was asked. */
export async function restOf (t: Test, methods: Record<string, SandboxMethod> = {}) {
  const sandbox = await sandboxFor(t, { methods })
  const { alpha } = sandbox.portals
  const rest = openPortalRest(credentialsOf(alpha), { connections: connectionsFor(t) })
  return { rest, alpha, requests: () => sandbox.requests.length }
}

/** An access token of the portal's administrator. */
export const credentialsOf = (portal: Portal, changes: Partial<RestCredentials> = {}): RestCredentials => ({
  memberId: portal.memberId,
  domain: portal.domain,
  clientEndpoint: `${portal.url}/rest/`,
  serverEndpoint: 'http://127.0.0.1:9/rest/',
  scope: portal.scope,
  userId: 1,
  accessToken: portal.grant(portal.users.admin).accessToken,
  expiresAt: Date.now() + 3_600_000,
  ...changes
})
