import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { createBackground } from '../../src/queues/background.ts'
import { checkOptions, optional, rule } from '../../src/schemas/plugin-options.ts'
import type { InstallationStore } from '../../src/store/installation-store.ts'
import type { PairStore } from '../../src/store/pair-store.ts'
import type { AuthorizationServers } from '../auth-token/authorization-server.ts'
import { refreshUnused } from './keep-alive.ts'
import { createRecovery, createTakeCall, type RecoveryCall } from './recovery.ts'
import { isSpent } from './refresh-state.ts'
import { createRefreshCounts, createRefresher, type RefreshErrorCode, type RefreshOutcome } from './refresher.ts'
import { createSystemUser, type SystemUser } from './system-user.ts'
import { createRefreshSlots, createTokenService, type TokenService } from './token-service.ts'

export interface TokensOptions {
  store: InstallationStore
  clientId: string
  /** Origins of the authorization servers that may be asked */
  servers: readonly string[]
  /** How long a caller waits for a token, in milliseconds; the refresh itself goes on. Default 8 s */
  patience?: number
  /** Milliseconds between two refreshes of pairs that were unused for 150 days, all processes together. Default 15 s */
  keepAlivePause?: number
  /** Asks the servers after the start whether they know the client_id and its secret, and logs if not. Default false */
  checksClient?: boolean
  /** Milliseconds since 1970. Default Date.now */
  now?: () => number
}

declare module 'fastify' {
  interface FastifyInstance {
    /** The tokens of installations: each pair has one writer, in all processes. */
    tokens: {
      /** The pair of the administrator who installed the application, or brought it back. */
      holder: TokenService['holder']
      preferred: SystemUser['preferred']
      systemUserRefused: SystemUser['systemUserRefused']
      isLostSystemUser: SystemUser['isLostSystemUser']
      storeSystemUser: SystemUser['storeSystemUser']
      /**
       * Takes a verified call, in the background: an administrator's may recover a pair that is dead, anybody's shows
       * that a refused refresh may be tried again.
       */
      recover: (recovery: RecoveryCall) => void
      /** How many refreshes ended how, since this process started. */
      refreshes: () => Record<RefreshOutcome, number>
      /** How many refreshes failed with which code, since this process started. */
      refreshErrors: () => Record<RefreshErrorCode, number>
    }
  }
}

// Milliseconds. An hour: longer than a database takes to come back, and it has the only living pair to keep.
const storeDelays = [200, 500, 1000, 2000, 5000, ...Array<number>(240).fill(15_000)]
// Calls that arrive with the start go first.
const checkDelay = 2000

/** Tokens for life: refreshed when needed by one process at a time, kept alive when unused, recovered when lost. */
async function tokens (fastify: FastifyInstance, options: TokensOptions) {
  checkOptions('tokens', options, {
    store: rule.storeWith('staleTokens'),
    clientId: rule.text,
    servers: rule.origins,
    patience: optional(rule.aboveZero),
    keepAlivePause: optional(rule.aboveZero),
    checksClient: optional(rule.flag),
    now: optional(rule.clock)
  })
  const { store, clientId, servers, patience = 8000, keepAlivePause = 15_000, checksClient = false } = options
  const { now = Date.now } = options
  const { authorizationServers, refreshTimeout } = fastify.authToken
  const log = fastify.log.child({ part: 'tokens' })
  const [counts, inSlot] = [createRefreshCounts(), createRefreshSlots()]
  /** Whoever refreshes the pairs of one store. */
  function pairsOf (store: PairStore, log: FastifyBaseLogger) {
    const exchange = { store, authorizationServers, clientId, servers, log, delays: storeDelays, now }
    const refresher = createRefresher({ ...exchange, counts })
    // A third more than the server is given: the pair has to be stored, too. No database keeps half a millisecond.
    const lease = { store, leaseTime: Math.ceil(refreshTimeout * 4 / 3), now }
    const service = createTokenService({ ...lease, refresher, patience, inSlot })
    return { ...exchange, ...lease, refresher, service, pause: keepAlivePause }
  }
  const administrators = pairsOf(store, log)
  const systemUsers = pairsOf(store.systemUsers, fastify.log.child({ part: 'tokens of system users' }))
  const recover = createRecovery(administrators)
  const background = createBackground(log)

  const closing = new AbortController()
  const keepAlive = () => background.run('keeping tokens alive', async () => {
    if (!await refreshUnused(closing.signal, administrators)) await refreshUnused(closing.signal, systemUsers)
  })
  const timer = setInterval(keepAlive, keepAlivePause).unref()

  if (checksClient) {
    // Nothing waits for it, neither at the start nor at the end.
    fastify.addHook('onListen', async () => {
      background.run('checking the client secret', async () => {
        await sleep(checkDelay, undefined, { signal: closing.signal, ref: false }).catch(() => undefined)
        if (closing.signal.aborted) return
        await Promise.race([checkClient(authorizationServers, servers, log), once(closing.signal, 'abort')])
      })
    })
  }

  fastify.decorate('tokens', {
    holder: administrators.service.holder,
    ...createSystemUser({
      ...systemUsers,
      store: store.systemUsers,
      holder: systemUsers.service.holder,
      administrator: administrators.service.holder
    }),
    recover: createTakeCall({ store, recover, background, log, now }),
    refreshes: administrators.refresher.outcomes,
    refreshErrors: administrators.refresher.errors
  })
  fastify.addHook('onClose', async () => {
    clearInterval(timer)
    closing.abort()
    await background.close()
    await Promise.all([administrators.service.close(), systemUsers.service.close()])
  })
}

/**
 * Asks each authorization server, and logs if they do not know the application or its secret. Otherwise that shows when
 * the first pair has to be refreshed.
 */
export async function checkClient (
  authorizationServers: Pick<AuthorizationServers, 'clientError'>, servers: readonly string[],
  log: Pick<FastifyBaseLogger, 'error'>
): Promise<void> {
  const answers = await Promise.all(servers.map(authorizationServers.clientError))
  // Not every server knows every application.
  if (answers.some(code => code !== undefined && isSpent(code))) return
  const end = 'application\'s card. No tokens can be refreshed'
  if (answers.includes('invalid_client')) {
    const text = `B24_CLIENT_SECRET is not the secret of B24_CLIENT_ID: compare both with the ${end}`
    log.error({ code: 'invalid_client' }, text)
  }
  if (answers.every(code => code === 'wrong_client')) {
    const text = `no server of B24_OAUTH_SERVERS knows B24_CLIENT_ID: compare it with the ${end}`
    log.error({ code: 'wrong_client' }, text)
  }
}

export default fp(tokens, { fastify: '5.x', name: 'b24-tokens', dependencies: ['b24-auth-token'] })
