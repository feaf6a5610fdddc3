import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { createHttpClient } from '../../src/http/http-client.ts'
import { defaultAuthorizationServers } from '../../src/http/server-address.ts'
import { createRefusalAudit } from '../../src/log/audit.ts'
import { checkOptions, optional, rule } from '../../src/schemas/plugin-options.ts'
import { createAuthorizationServers, usualRefreshTimeout } from './authorization-server.ts'
import type { UnverifiedCall, VerifiedCall } from './calls.ts'
import { createFailureLimit } from './failure-limit.ts'
import { replacingToken, upToDate } from './installation-changes.ts'
import { noticed } from './notices.ts'
import type { AuthTokenOptions } from './options.ts'
import { createPortalRecords } from './portal-records.ts'
import { cached, shared, sharingKey } from './proof-cache.ts'
import { limited } from './proof-limit.ts'
import { createProve } from './prove.ts'
import { createEpochs, createVerifyUserOf, remembered } from './verified-calls.ts'
import { checkApplicationToken, verifyCall } from './verify-call.ts'

export type { AuthTokenOptions } from './options.ts'
export { unverifiedCall } from './verified-calls.ts'

declare module 'fastify' {
  interface FastifyInstance { authToken: ReturnType<typeof createAuthToken> }
  interface FastifyRequest {
    /** Who is calling; null until the route has verified it. Holds the user's access token: never log it */
    verifiedCall: VerifiedCall | null
  }
}

function createAuthToken (fastify: FastifyInstance, options: AuthTokenOptions) {
  const { clientId, clientSecret, store, isAdmin, servers = defaultAuthorizationServers, now = Date.now } = options
  const { applicationToken: policy = 'when-present', allowInsecurePortals = false } = options
  const { timeout = 3000, refreshTimeout = usualRefreshTimeout, failedProofsPerMinute = 60 } = options

  const { log } = fastify
  const { post, close } = createHttpClient({ timeout })
  fastify.addHook('onClose', close)
  const authorizationServers = createAuthorizationServers({ post, clientId, clientSecret, refreshTimeout, now })
  const { find, record, replaceToken } = createPortalRecords({ store, log, now })
  const epochs = createEpochs()
  store?.onPortalChanged(epochs.end)

  // The question to the authorization servers: limited, cached, and put once for all who ask at the same time.
  const prove = createProve({ authorizationServers, allowInsecurePortals, now })
  const known = cached(limited(prove, { clientId, failuresPerMinute: failedProofsPerMinute, now }), { epochs, now })
  const ask = shared(known, question => sharingKey(question, epochs))

  const compare = (call: UnverifiedCall) => checkApplicationToken(call, { policy, find })
  const verifyOnce = upToDate(
    call => verifyCall(call, { clientId, servers, policy, find, ask }), { epochs, record, compare })
  const auditRefusal = createRefusalAudit(now)
  const refuse = ({ ip, memberId: member }: UnverifiedCall, user: number) =>
    auditRefusal(log, 'application-token.refused', { ip, member, user })
  const replacing = isAdmin === undefined
    ? verifyOnce
    : replacingToken(verifyOnce, {
      isAdmin, replaceToken, refuse, limit: createFailureLimit(failedProofsPerMinute, now), epochs
    })
  const verify = remembered(noticed(replacing, { log, clientId, now }), { epochs, now })
  return {
    /** Verifies a call. Throws what `verifyCall` throws. */
    verify,
    /** Verifies the user of a page by an access token. Throws PageSessionError for another user's, and as `verify`. */
    verifyUserOf: createVerifyUserOf(verify),
    /** Ends the proofs of a portal, also those under way: after an install, update or uninstall. */
    forget: epochs.end,
    authorizationServers,
    /** How long these may take for a refresh, in milliseconds */
    refreshTimeout
  }
}

/** Who is calling: verifies calls with the authorization servers of Bitrix24. */
async function authToken (fastify: FastifyInstance, options: AuthTokenOptions) {
  checkOptions('auth-token', options, {
    clientId: rule.text,
    clientSecret: rule.text,
    servers: optional(rule.origins),
    store: optional(rule.storeWith('get', 'recordPortal', 'replaceApplicationToken', 'onPortalChanged')),
    isAdmin: optional(rule.callable),
    applicationToken: optional(rule.oneOf('required', 'when-present')),
    failedProofsPerMinute: optional(rule.atLeast(1)),
    timeout: optional(rule.aboveZero),
    refreshTimeout: optional(rule.aboveZero),
    allowInsecurePortals: optional(rule.insecurePortals),
    now: optional(rule.clock)
  })
  fastify.decorateRequest('verifiedCall', null)
  fastify.decorate('authToken', createAuthToken(fastify, options))
}

export default fp(authToken, { fastify: '5.x', name: 'b24-auth-token' })
