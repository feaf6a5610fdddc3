import { ApiVersion, B24OAuth, EnumAppStatus, Logger, ParamsFactory } from '@bitrix24/b24jssdk'
import type { RestrictionParams } from '@bitrix24/b24jssdk'
import type { Portal, Sandbox, SandboxOptions } from '../../../sandbox/index.ts'
import { sandboxFor } from '../helper.ts'

// Bitrix24's own SDK for JavaScript against the sandbox, unmodified. The tests follow those that are published in its
// repository (bitrix24/b24jssdk, folder test/) and run there against a portal of the maintainers. They use a webhook;
// here it is the client of an application, because webhooks of the SDK are always called by https.

export const COMPANY = 4

/** What the published tests find on their portal: companies, most of whose names begin with an A. */
export const companies = { first: 1000, last: 1210 }

function fill ({ content }: Portal): void {
  for (let id = companies.first; id <= companies.last; id++) {
    content.add({ kind: 'company', id, authorId: 1, title: id % 3 === 0 ? `Bakery ${id}` : `Acme ${id}` })
  }
}

/** The client of an application on a portal, with tokens of its administrator. */
export function clientOf (
  { clientId, clientSecret, authorizationServer }: Sandbox, portal: Portal,
  restrictionParams: Partial<RestrictionParams>, expiresIn = 3600
): B24OAuth {
  const { accessToken, refreshToken, expiresAt } = portal.grant(portal.users.admin, { expiresIn })
  const b24 = new B24OAuth({
    applicationToken: '',
    userId: portal.users.admin.id,
    memberId: portal.memberId,
    accessToken,
    refreshToken,
    // The SDK asks with the token it has; whether the portal still takes it is up to the portal.
    expires: Math.max(expiresAt, Date.now() / 1000 + 60),
    expiresIn: 3600,
    scope: portal.scope.join(','),
    domain: portal.domain,
    clientEndpoint: `${portal.url}/rest/`,
    serverEndpoint: `${authorizationServer}/rest/`,
    status: EnumAppStatus.Local
  }, { clientId, clientSecret }, { restrictionParams: { ...ParamsFactory.getDefault(), ...restrictionParams } })
  // A logger that writes nowhere; without one, warnings would go to the console.
  b24.setLogger(new Logger('test'))
  return b24
}

export async function scene (
  t: { after: (fn: () => unknown) => void }, options: Partial<SandboxOptions> = {},
  restrictionParams: Partial<RestrictionParams> = {}
): Promise<{ b24: B24OAuth, sandbox: Sandbox, portal: Portal }> {
  const sandbox = await sandboxFor(t, options)
  const portal = sandbox.portals.alpha
  portal.installed = true
  fill(portal)
  const b24 = clientOf(sandbox, portal, restrictionParams)
  t.after(() => b24.destroy())
  return { b24, sandbox, portal }
}

/** What a call is refused with; undefined when it is not. */
export const failed = (answer: Promise<unknown>): Promise<unknown> =>
  answer.then(() => undefined, (error: unknown) => error)

/** How often the SDK has asked, and how often it has failed. */
export const statsOf = (b24: B24OAuth) => b24.getHttpClient(ApiVersion.v2).getStats()
