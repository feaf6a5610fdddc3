import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { createAuthorizationServers, usualRefreshTimeout, type AuthorizationServers } from './authorization-server.ts'
import { ApplicationTokenError, StoreUnavailableError } from '../../src/errors.ts'
import { createHttpClient } from '../../src/http/http-client.ts'
import { defaultAuthorizationServers } from '../../src/http/server-address.ts'
import type { InsecurePortals } from '../../src/http/insecure-portals.ts'
import { memberHash } from '../../src/log/logger.ts'
import type { PortalAddress, SeenInstallation } from '../../src/store/installation-store.ts'
import type { PlacementBody } from '../../src/schemas/placement.ts'
import type { ApplicationTokenPolicy } from './application-token.ts'
import { verifyChangedToken, type ChangedTokenDependencies } from './changed-token.ts'
import { createProofCache, type Proof } from './proof-cache.ts'
import { createProofLimit } from './rate-limit.ts'
import { createRefusalNotices } from './notices.ts'
import { verifyCall, type UnverifiedCall, type KnownPortal, type VerifiedCall } from './verify-call.ts'

export interface AuthTokenOptions {
  /** client_id of the application */
  clientId: string
  /** client_secret of the application; only ever sent to a server of the list */
  clientSecret: string
  /** Origins of the authorization servers that may be asked. Default: both of Bitrix24 */
  servers?: readonly string[]
  /**
   * What is stored of portals. Without it no application token is known, and nothing is recorded. `record` gets what was stored
   * before the proof; out: since when the portal is installed, or null when it has been uninstalled meanwhile.
   */
  portals?: {
    find: (memberId: string) => Promise<KnownPortal | undefined>
    record: (portal: PortalAddress, seen: SeenInstallation) => Promise<number | null | undefined>
  }
  /** Lets an administrator's call replace a stored application token that has changed. Without it such calls are refused */
  changedToken?: Pick<ChangedTokenDependencies, 'isAdmin' | 'replace'>
  /** Must a call carry an application token? Default 'when-present': portals before 2026 send none */
  applicationToken?: ApplicationTokenPolicy
  /** Failed proofs a minute for one client address; four times as many for an IPv6 /48. Default 60 */
  failedProofsPerMinute?: number
  /** How long the authorization server may take, in milliseconds. Default 3000 */
  timeout?: number
  /**
   * How long it may take to refresh a token pair, in milliseconds. Default 30 s: a refresh whose answer is not heard costs the
   * pair. A process that is killed meanwhile keeps others from that portal for a third longer.
   */
  refreshTimeout?: number
  /** Lets portals with http: or private addresses through: all, or those hosts. Default false */
  allowInsecurePortals?: InsecurePortals
  /** The clock, in milliseconds since 1970. Default Date.now */
  now?: () => number
}

/** Who is calling: proves the AUTH_ID of calls, climbing the ladder of trust. */
export interface AuthToken {
  /**
   * Proves a placement call. Sets `request.authToken`.
   * Errors: see `verifyCall` in src/trust/verify-call.ts.
   */
  verify: (request: FastifyRequest, body: PlacementBody, options?: { installing?: boolean }) => Promise<VerifiedCall>
  /** The same over plain data, for calls that are no placement call (events). */
  verifyClaim: (claim: UnverifiedCall) => Promise<VerifiedCall>
  /** Ends the proofs of a portal, also those under way: after an install, update or uninstall. */
  forget: (memberId: string) => void
  /** The client of the authorization servers on the list. */
  authorizationServers: AuthorizationServers
  /** How long these are given for a refresh, in milliseconds */
  refreshTimeout: number
}

declare module 'fastify' {
  interface FastifyInstance { authToken: AuthToken }
  interface FastifyRequest {
    /** Who is calling; null until it is proven. Holds the user's access token: never log it */
    authToken: VerifiedCall | null
  }
}

async function authToken (fastify: FastifyInstance, options: AuthTokenOptions) {
  const { clientId, clientSecret, servers = defaultAuthorizationServers, failedProofsPerMinute = 60, refreshTimeout = usualRefreshTimeout, now = Date.now } = options
  if (!clientId || !clientSecret) throw new Error('auth-token: options.clientId and options.clientSecret are required')
  if (servers.length === 0) throw new Error('auth-token: options.servers must name at least one authorization server')

  const http = createHttpClient({ timeout: options.timeout ?? 3000 })
  fastify.addHook('onClose', http.close)
  const authorizationServers = createAuthorizationServers({ post: http.post, clientId, clientSecret, refreshTimeout, now })
  const cache = createProofCache()
  const dependencies = {
    clientId,
    servers,
    authorizationServers,
    find: async (memberId: string) => await options.portals?.find(memberId).catch(cause => { throw new StoreUnavailableError({ cause }) }),
    // A store that cannot write must not turn away somebody who is proven.
    record: async (portal: PortalAddress, seen: SeenInstallation) => await options.portals?.record(portal, seen).catch(err => {
      fastify.log.error({ err }, 'a proven portal could not be recorded')
      return undefined
    }),
    cache,
    limit: createProofLimit({ failuresPerMinute: failedProofsPerMinute, now }),
    pending: new Map<string, Promise<Proof>>(),
    policy: options.applicationToken ?? 'when-present',
    allowInsecurePortals: options.allowInsecurePortals ?? false,
    now
  }
  const { changedToken } = options
  const noteRefusal = createRefusalNotices({ log: fastify.log, clientId, now })

  async function verifyChanged (claim: UnverifiedCall, refusal: unknown): Promise<VerifiedCall> {
    if (changedToken === undefined || claim.applicationToken === '' || !(refusal instanceof ApplicationTokenError)) throw refusal
    return await verifyChangedToken(claim, {
      ...dependencies,
      ...changedToken,
      async replace (memberId, applicationToken) {
        await changedToken.replace(memberId, applicationToken).catch(err => fastify.log.error({ err }, 'a new application token could not be stored'))
        fastify.log.warn({ member: memberHash(memberId) }, 'the application token of an installation has changed: the call of an administrator has brought the new one')
      }
    })
  }

  const verifyClaim = (claim: UnverifiedCall) => verifyCall(claim, dependencies)
    .catch(refusal => verifyChanged(claim, refusal))
    .catch(refusal => {
      noteRefusal(claim, refusal)
      throw refusal
    })

  fastify.decorateRequest('authToken', null)
  fastify.decorate('authToken', {
    async verify (request, body, { installing = false } = {}) {
      request.authToken = await verifyClaim({
        memberId: body.member_id,
        authId: body.AUTH_ID ?? '',
        applicationToken: body.APPLICATION_TOKEN ?? '',
        serverEndpoint: body.SERVER_ENDPOINT ?? '',
        caller: request.ip,
        installing
      })
      return request.authToken
    },
    verifyClaim,
    forget: cache.forget,
    authorizationServers,
    refreshTimeout
  })
}

export default fp(authToken, { fastify: '5.x', name: 'b24-auth-token' })
