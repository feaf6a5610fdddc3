import { hash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { LRUCache } from 'lru-cache'
import { clientAddress } from '../../src/http/client-address.ts'
import {
  EventUnknownError, PortalUnavailableError, AuthorizationServerUnavailableError, StoreUnavailableError, TooManyInstallationsError, TooManyProofsError
} from '../../src/errors.ts'
import { createEventQueue } from '../../src/event-queue.ts'
import { provenShares, unprovenShares } from './event-shares.ts'
import { createUninstallChecks } from './uninstall-checks.ts'
import { memberHash } from '../../src/log/logger.ts'
import type { LifecycleEvent } from './event-schema.ts'
import type { UnverifiedCall } from '../auth-token/verify-call.ts'

export interface LifecycleEventsOptions {
  /** Milliseconds between looks at uninstalls that could not be confirmed yet. Default one minute */
  checkInterval?: number
  /** Milliseconds before each further try while somebody is silent; the last one repeats. Default 5 s to 10 min */
  delays?: readonly number[]
  /** The clock, in milliseconds since 1970. Default Date.now */
  now?: () => number
}

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Takes a lifecycle event: refuses it, or resolves when it is proven and works on it after, as Bitrix24 sends each
     * event only once. While nobody can be asked it is kept, if there is room for it.
     * In: the event, and the client's address. Errors: EventUnknownError, ApplicationTokenError (an uninstall that is not
     * the installation's), TooManyInstallationsError, those of `verifyCall`.
     */
    takeLifecycleEvent: (event: LifecycleEvent, ip: string) => Promise<void>
    /** How many events were accepted and are still worked on. */
    pendingLifecycleEvents: () => number
  }
}

const minute = 60_000
const hour = 60 * minute
const events = ['ONAPPINSTALL', 'ONAPPUPDATE', 'ONAPPUNINSTALL', 'ONAPPUSERREADY']

const isOneOf = (kinds: ReadonlyArray<new () => Error>) => (error: unknown) => kinds.some(kind => error instanceof kind)
// Only these keep an unproven event: who forges events could use up every limit to make us keep them.
const isUnavailable = isOneOf([AuthorizationServerUnavailableError, StoreUnavailableError])
// What has been accepted is not lost because others are in front.
const isTemporary = isOneOf([
  AuthorizationServerUnavailableError, StoreUnavailableError, PortalUnavailableError, TooManyProofsError, TooManyInstallationsError
])

interface UnverifiedEvent extends UnverifiedCall { refreshToken: string }

/** Events of Bitrix24's queue server: proven like an installation, and worked on in the background. */
async function lifecycleEvents (fastify: FastifyInstance, options: LifecycleEventsOptions) {
  const { checkInterval = minute, now = Date.now } = options
  const delays = options.delays ?? [5000, 30_000, 2 * minute, 10 * minute]
  const { installations } = fastify
  const log = fastify.log.child({ part: 'events' })
  // No token of Bitrix24 lives longer than an hour.
  const queue = createEventQueue({ log, delays, lifetime: hour, isTemporary, now })

  // Some portals are said to repeat events for a day. Only what was proven and is done stands here, so no forged event
  // can keep a true one out.
  const done = new LRUCache<string, true>({ max: 10_000, ttl: 24 * hour })
  const checks = createUninstallChecks({
    confirm: installations.confirmUninstall, unconfirmed: installations.unconfirmed, log, interval: checkInterval, now
  })

  async function takeInstallation (name: string, digest: string, claim: UnverifiedEvent): Promise<void> {
    const { memberId, applicationToken, refreshToken } = claim
    const { userId } = await fastify.authToken.verify(claim)
    const run = async () => {
      // Again, as a lot may have happened since: a proof that still holds costs nothing.
      await installations.install(await fastify.authToken.verify(claim), { applicationToken, refreshToken })
      done.set(digest, true)
    }
    // By user, so that an employee's events do not displace those of an administrator.
    const isTaken = queue.add({ key: `${name} ${memberId} ${userId}`, name, shares: provenShares(memberId), run })
    if (!isTaken) throw new TooManyInstallationsError()
  }

  async function takeUninstall (name: string, { memberId, applicationToken }: UnverifiedEvent): Promise<void> {
    await installations.requestUninstall(memberId, applicationToken)
    if (!checks.isDue(memberId, applicationToken)) return
    // When there is no room now, the wish is stored and found by the next look.
    const run = () => installations.confirmUninstall(memberId, applicationToken)
    queue.add({ key: `${name} ${memberId}`, name, shares: provenShares(memberId), run })
  }

  async function take (event: LifecycleEvent, ip: string): Promise<void> {
    const upper = event.event.toUpperCase()
    const name = events.find(name => name === upper)
    if (name === undefined) throw new EventUnknownError()
    const claim = claimOf(event, ip)
    const { memberId, applicationToken } = claim
    // Every portal sends it to the installation page's address. Nothing here needs the user that it tells of.
    if (name === 'ONAPPUSERREADY') return log.info({ member: memberHash(memberId) }, `${name} is acknowledged only`)
    const digest = hash('sha256', JSON.stringify(event), 'base64')
    if (done.has(digest)) return

    const run = () => name === 'ONAPPUNINSTALL' ? takeUninstall(name, claim) : takeInstallation(name, digest, claim)
    try {
      await run()
    } catch (error) {
      if (!isUnavailable(error)) throw error
      const isTokenRight = await installations.isApplicationToken(memberId, applicationToken).catch(() => false)
      // By address, so that nobody else's events displace the portal's own.
      const key = `${name} ${isTokenRight} ${memberId} ${clientAddress(ip)}`
      if (!queue.add({ key, name, shares: unprovenShares(memberId, ip, isTokenRight), run })) throw error
    }
  }

  // One look at a time.
  const look = () => queue.add({ key: 'look', name: 'looking at uninstalls again', shares: [], run: checks.look })
  const timer = setInterval(look, checkInterval).unref()
  fastify.decorate('takeLifecycleEvent', take)
  fastify.decorate('pendingLifecycleEvents', queue.size)
  fastify.addHook('onReady', async () => { look() })
  fastify.addHook('onClose', async () => {
    clearInterval(timer)
    await queue.close()
  })
}

/** What an event claims. A copy: texts that were cut out of a form keep the whole form in memory. */
function claimOf (event: LifecycleEvent, ip: string): UnverifiedEvent {
  const text = (name: keyof LifecycleEvent) => event[name] ?? ''
  return structuredClone({
    memberId: text('auth[member_id]'),
    authId: text('auth[access_token]'),
    applicationToken: text('auth[application_token]'),
    refreshToken: text('auth[refresh_token]'),
    serverEndpoint: text('auth[server_endpoint]'),
    ip,
    installing: true
  })
}

export default fp(lifecycleEvents, {
  fastify: '5.x', name: 'b24-lifecycle-events', dependencies: ['b24-auth-token', 'b24-installation']
})
