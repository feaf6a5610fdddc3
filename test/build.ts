import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import type { Proof } from '../plugins/auth-token/calls.ts'
import { createPortalConnections } from '../plugins/portal-rest/connections.ts'
import { createPortalRest } from '../plugins/portal-rest/portal-rest.ts'
import type { Portal, Sandbox } from '../sandbox/index.ts'
import type { Installation, PortalAddress } from '../src/store/installation-store.ts'
import type { PlacementContext, VerifiedCall } from '../src/index.ts'

type DecodedContext = PlacementContext<Record<string, unknown>>

/** What a helper needs of a test: a place to register the clean-up. */
export interface Scope { after: (fn: () => unknown) => void }

/** A Fastify app with the plugins that the test registers on it, closed with the test. */
export async function build (
  t: Scope,
  register: (app: FastifyInstance) => unknown = () => {},
  options: FastifyServerOptions = {}
): Promise<FastifyInstance> {
  const app = Fastify(options)
  t.after(() => app.close())
  await register(app)
  return app
}

// The portal m1 of the fixtures below.
const portal = {
  memberId: 'm1',
  domain: 'portal.example',
  clientEndpoint: 'https://portal.example/rest/',
  serverEndpoint: '',
  scope: [],
  status: 'L'
}

/** What an authorization server says of a token of user 1 of the portal m1. */
export const proofOf = (changes: Partial<Proof> = {}): Proof => ({
  ...portal,
  clientId: 'app',
  origin: 'https://portal.example',
  installed: true,
  userId: 1,
  expiresAt: Date.now() + 3_600_000,
  ...changes
})

/** A verified call of user 1 of the portal m1. */
export const verifiedCall = (changes: Partial<VerifiedCall> = {}): VerifiedCall => ({
  ...proofOf(),
  accessToken: 'token',
  ...changes
})

/** The stored row of the portal m1, without tokens. */
export const installationOf = (changes: Partial<Installation> = {}): Installation => ({
  ...portal,
  applicationToken: null,
  tokens: null,
  tokenVersion: 0,
  refreshedAt: null,
  refresh: null,
  userId: null,
  handlerUrl: null,
  bindings: null,
  hosts: [],
  installedAt: 0,
  updatedAt: 0,
  uninstallRequestedAt: null,
  uninstallClean: false,
  uninstalledAt: null,
  ...changes
})

/** What the authorization server says of a portal of the sandbox. */
export const addressOf = (portal: Portal, { authorizationServer }: Sandbox): PortalAddress => ({
  memberId: portal.memberId,
  domain: portal.domain,
  clientEndpoint: `${portal.url}/rest/`,
  serverEndpoint: `${authorizationServer}/rest/`,
  scope: portal.scope,
  status: 'L'
})

/** What a handler gets with a call of user 1 of the portal m1. Its REST calls fail. */
export function placementContext (changes: Partial<DecodedContext> = {}): DecodedContext {
  const credentials = async () => { throw new Error('no REST call is expected') }
  const { memberId, domain, scope, status, clientEndpoint: endpoint } = portal
  return {
    code: 'DEFAULT',
    options: {},
    uri: undefined,
    portal: { memberId, domain, origin: 'https://portal.example', endpoint, scope, status },
    user: { id: 1 },
    rest: createPortalRest({ credentials }, { connections: createPortalConnections() }),
    lang: 'en',
    ...changes
  }
}
