import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { createBackground } from '../../src/queues/background.ts'
import type { InstallationStore } from '../../src/store/installation-store.ts'
import { checkClient } from './check-client.ts'
import { refreshUnused } from './keep-alive.ts'
import { createRecoveries } from './recovery-offers.ts'
import { createPairRefresher } from './pair-refresher.ts'
import type { RefusalCode, RefreshOutcome } from './refresh-counts.ts'
import { createRecovery, type RecoveryCall } from './recovery.ts'
import { createTokenService, type TokenService } from './token-service.ts'

export interface TokensOptions {
  store: InstallationStore
  /** client_id of the application */
  clientId: string
  /** Origins of the authorization servers that may be asked */
  servers: readonly string[]
  /** How long a caller waits for a token, in milliseconds; a refresh goes on without him. Default 8 s */
  patience?: number
  /** Milliseconds before each further try to store a fresh pair. Default 0.2 s to 15 s */
  delays?: readonly number[]
  /** Milliseconds between two refreshes of pairs that nobody has used for 150 days, all processes together. Default 15 s */
  keepAlivePause?: number
  /** Asks the servers once it listens whether they know the client_id and its secret, and logs when they do not. Default false */
  checksClient?: boolean
  /** The clock, in milliseconds since 1970. Default Date.now */
  now?: () => number
}

declare module 'fastify' {
  interface FastifyInstance {
    /** The tokens of installations: each pair has one writer, in all processes. */
    tokens: {
      /**
       * An access token of the installation, good for a minute at least. Errors: NotInstalledError, TokensMissingError,
       * TokensLostError, TokensRefusedError, PaymentRequiredError, AuthorizationServerUnavailableError, StoreUnavailableError.
       */
      accessToken: (memberId: string) => Promise<string>
      /** The same with what is stored of the portal. In: a token that the portal refused as expired, to get another one. */
      holder: TokenService['holder']
      /**
       * Tells of a proven call: an administrator's may bring back a pair that is dead, anybody's shows that a refresh that was
       * refused may be tried again. Worked on in the background, and seldom needed.
       */
      recover: (recovery: RecoveryCall) => void
      /** How many refreshes ended how, since this process started */
      counts: () => Record<RefreshOutcome, number>
      /** How often refreshes were refused with which code, since this process started */
      refusals: () => Record<RefusalCode, number>
    }
  }
}

// Milliseconds. The first calls come first.
const checkDelay = 2000

/** Tokens for life: refreshed when needed, by one process at a time, kept alive when nobody needs them, and brought back when lost. */
async function tokens (fastify: FastifyInstance, options: TokensOptions) {
  const { store, clientId, servers, patience = 8000, delays = [200, 500, 1000, 2000, 5000, 15_000], keepAlivePause = 15_000, checksClient = false, now = Date.now } = options
  const { authorizationServers, refreshTimeout } = fastify.authToken
  const log = fastify.log.child({ part: 'tokens' })
  const refresher = createPairRefresher({ store, authorizationServers, clientId, servers, log, delays, now })
  // A third more than the server is given: the pair has to be stored, too.
  const lease = { store, leaseTime: refreshTimeout * 4 / 3, now }
  const service = createTokenService({ ...lease, refresher, patience })
  const recover = createRecovery({ ...lease, refresher, authorizationServers, clientId, log })
  const take = createRecoveries({ store, recover, log, now })
  const background = createBackground(log)

  const closing = new AbortController()
  const keepAlive = () => background.run('keeping tokens alive', async () => {
    // An error is counted and recorded where it happens; the next look finds the next pair.
    await refreshUnused(closing.signal, { ...lease, refresher, log, pause: keepAlivePause })
  })
  const timer = setInterval(keepAlive, keepAlivePause).unref()

  if (checksClient) {
    // Nobody waits for it, neither at the start nor at the end.
    fastify.addHook('onListen', async () => {
      background.run('checking the client secret', async () => {
        await sleep(checkDelay, undefined, { signal: closing.signal, ref: false }).catch(() => undefined)
        if (closing.signal.aborted) return
        await Promise.race([checkClient({ authorizationServers, servers, log }), once(closing.signal, 'abort')])
      })
    })
  }

  fastify.decorate('tokens', {
    accessToken: async memberId => (await service.holder(memberId)).tokens.accessToken,
    holder: service.holder,
    recover: recovery => background.run('bringing tokens back', () => take(recovery)),
    counts: refresher.counts,
    refusals: refresher.refusals
  })
  fastify.addHook('onClose', async () => {
    clearInterval(timer)
    closing.abort()
    await background.close()
    await service.close()
  })
}

export default fp(tokens, { fastify: '5.x', name: 'b24-tokens', dependencies: ['b24-auth-token'] })
