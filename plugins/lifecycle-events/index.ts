import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import {
  AuthorizationServerUnavailableError, InstallationPendingError, PortalUnavailableError, RateLimitedError,
  StoreUnavailableError, TooManyInstallationsError, TooManyProofsError
} from '../../src/errors.ts'
import { createRetryQueue } from '../../src/queues/retry-queue.ts'
import { checkOptions, optional, rule } from '../../src/schemas/plugin-options.ts'
import type { LifecycleEvent } from './event-schema.ts'
import { createTakeEvent } from './take-event.ts'
import { createUninstallChecks } from './uninstall-checks.ts'

export interface LifecycleEventsOptions {
  /** Counts a verified event of a user, and throws beyond a limit. Default: no limit */
  limit?: (memberId: string, userId: number) => void | Promise<void>
  /** Milliseconds between looks at uninstalls that could not be confirmed yet. Default one minute */
  checkInterval?: number
  /** Milliseconds before each further try during an outage; the last one repeats. Default 5 s to 10 min */
  delays?: readonly number[]
  /** Milliseconds since 1970. Default Date.now */
  now?: () => number
}

declare module 'fastify' {
  interface FastifyInstance {
    lifecycleEvents: {
      /**
       * Takes an event of Bitrix24, which sends each only once: resolves when it is verified, and works on it after.
       * During an outage of the authorization server or the store it is kept, if there is room for it.
       *
       * @param ip the client's address
       * @returns whether there is something to do: false for one that is done, or that only repeats a request
       * @throws EventUnknownError, ApplicationTokenError (uninstall), TooManyInstallationsError, what `verify` and
       *   `options.limit` throw
       */
      take: (event: LifecycleEvent, ip: string) => Promise<boolean>
      /** How many events are still worked on. */
      pending: () => number
    }
  }
}

const minute = 60_000
const hour = 60 * minute
const usualDelays = [5000, 30_000, 2 * minute, 10 * minute]
// Limits are temporary, too: an accepted event must not be lost because others came first. Nobody says in which order
// the events of an installation come.
const temporary = [
  AuthorizationServerUnavailableError, StoreUnavailableError, PortalUnavailableError, TooManyProofsError,
  TooManyInstallationsError, InstallationPendingError, RateLimitedError
]

/** Events of Bitrix24's queue server: verified like an installation, and worked on in the background. */
async function lifecycleEvents (fastify: FastifyInstance, options: LifecycleEventsOptions) {
  checkOptions('lifecycle-events', options, {
    limit: optional(rule.callable),
    checkInterval: optional(rule.aboveZero),
    delays: optional(rule.delays),
    now: optional(rule.clock)
  })
  const { limit = () => {}, checkInterval = minute, delays = usualDelays, now = Date.now } = options
  const { authToken, installations, tokens: { isLostSystemUser } } = fastify
  const log = fastify.log.child({ part: 'events' })
  const isTemporary = (error: unknown) => temporary.some(kind => error instanceof kind)
  // No token of Bitrix24 lives longer than an hour.
  const queue = createRetryQueue({ name: 'events', log, delays, lifetime: hour, isTemporary, now })
  const checks = createUninstallChecks({
    confirm: installations.confirmUninstall, unconfirmed: installations.unconfirmed, log, interval: checkInterval, now
  })
  fastify.decorate('lifecycleEvents', {
    take: createTakeEvent({
      application: authToken, verify: authToken.verify, limit, installations, isLostSystemUser, queue, checks
    }),
    pending: queue.size
  })

  // One look at a time.
  const look = () => queue.add({ key: 'look', name: 'looking at uninstalls again', shares: [], run: checks.look })
  const timer = setInterval(look, checkInterval).unref()
  fastify.addHook('onReady', async () => { look() })
  fastify.addHook('onClose', async () => {
    clearInterval(timer)
    await queue.close()
  })
}

export default fp(lifecycleEvents, {
  fastify: '5.x', name: 'b24-lifecycle-events', dependencies: ['b24-auth-token', 'b24-installation', 'b24-tokens']
})
