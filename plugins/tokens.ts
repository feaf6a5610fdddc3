import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { createBackground } from '../src/background.ts'
import type { InstallationStore } from '../src/store/installation-store.ts'
import { renewUnused } from '../src/tokens/keep-alive.ts'
import { createPairRenewer, type RenewalOutcome } from '../src/tokens/pair-renewer.ts'
import { createRevival, type Offer } from '../src/tokens/revival.ts'
import { createTokenService, type TokenService } from '../src/tokens/token-service.ts'

export interface TokensOptions {
  store: InstallationStore
  /** client_id of the application */
  clientId: string
  /** Origins of the authorization servers that may be asked */
  servers: readonly string[]
  /** How long a process may take for one renewal, in milliseconds; more than the servers are given to answer. Default 10 s */
  leaseTime?: number
  /** Milliseconds before each further try to store a fresh pair. Default 0.2 s to 15 s */
  delays?: readonly number[]
  /** Milliseconds between two renewals of pairs that nobody has used for 150 days, all processes together. Default 15 s */
  keepAlivePause?: number
  /** The clock, in milliseconds since 1970. Default Date.now */
  now?: () => number
}

declare module 'fastify' {
  interface FastifyInstance {
    /** The tokens of installations: each pair has one writer, in all processes. */
    tokens: {
      /**
       * An access token of the installation, good for a minute at least. Errors: NotInstalledError, TokensMissingError,
       * TokensLostError, TokensRefusedError, PaymentRequiredError, ServerSilentError, StoreSilentError.
       */
      accessToken: (memberId: string) => Promise<string>
      /** The same with what is stored of the portal. In: a token that the portal refused as expired, to get another one. */
      holder: TokenService['holder']
      /** Tells of an administrator who may bring back a pair that is dead; worked on in the background, and seldom needed. */
      offer: (offer: Offer) => void
      /** How many renewals ended how, since this process started */
      counts: () => Record<RenewalOutcome, number>
    }
  }
}

/** Tokens for life: renewed when needed, by one process at a time, kept alive when nobody needs them, and brought back when lost. */
async function tokens (fastify: FastifyInstance, options: TokensOptions) {
  const { store, clientId, servers, leaseTime = 10_000, delays = [200, 500, 1000, 2000, 5000, 15_000], keepAlivePause = 15_000, now = Date.now } = options
  const { authorizationServers } = fastify.authToken
  const log = fastify.log.child({ part: 'tokens' })
  const renewer = createPairRenewer({ store, authorizationServers, servers, log, delays, now })
  const service = createTokenService({ store, renewer, leaseTime, now })
  const revive = createRevival({ store, renewer, authorizationServers, clientId, leaseTime, log, now })
  // Without delays nothing is tried again, whatever passes by itself.
  const background = createBackground({ log, delays: [], isTemporary: Boolean })

  const closing = new AbortController()
  const keepAlive = () => background.run('keeping tokens alive', async () => {
    // An error is counted and recorded where it happens; the next look finds the next pair.
    await renewUnused(closing.signal, { store, renewer, leaseTime, pause: keepAlivePause, now })
  })
  const timer = setInterval(keepAlive, keepAlivePause).unref()

  fastify.decorate('tokens', {
    accessToken: async memberId => (await service.holder(memberId)).tokens.accessToken,
    holder: service.holder,
    offer: offer => background.run('bringing tokens back', () => revive(offer)),
    counts: renewer.counts
  })
  fastify.addHook('onClose', async () => {
    clearInterval(timer)
    closing.abort()
    await background.close()
    await service.close()
  })
}

export default fp(tokens, { fastify: '5.x', name: 'b24-tokens', dependencies: ['b24-auth-token'] })
