import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import {
  AuthorizationServerUnavailableError, EventUnknownError, StoreUnavailableError, TooManyInstallationsError
} from '../../src/errors.ts'
import { clientAddress } from '../../src/http/client-address.ts'
import { eventChannel, type EventMessage } from '../../src/diagnostics/measurements.ts'
import { upTo } from '../../src/lru.ts'
import type { RetryQueue } from '../../src/queues/retry-queue.ts'
import type { UnverifiedCall, VerifiedCall } from '../auth-token/calls.ts'
import type { Installations } from '../installation/installations.ts'
import type { SystemUser } from '../tokens/system-user.ts'
import type { LifecycleEvent } from './event-schema.ts'
import { unverifiedShares, verifiedShares } from './shares.ts'
import type { UninstallChecks } from './uninstall-checks.ts'

interface TakeEventDependencies {
  /** See EventMessage */
  application: object
  verify: (call: UnverifiedCall) => Promise<VerifiedCall>
  /** Counts a verified event of a user, and throws beyond a limit */
  limit: (memberId: string, userId: number) => void | Promise<void>
  installations: Installations
  isLostSystemUser: SystemUser['isLostSystemUser']
  queue: RetryQueue
  checks: UninstallChecks
}

interface UnverifiedEvent extends UnverifiedCall {
  refreshToken: string
  systemUser: { userId: number, refreshToken: string }
  clean: boolean
}
/** What is published of an event, besides whose it is and what became of it. */
type Facts = Pick<EventMessage, 'event' | 'fields' | 'received'>

const day = 24 * 3_600_000
const events = ['ONAPPINSTALL', 'ONAPPUPDATE', 'ONAPPUNINSTALL', 'ONAPPUSERREADY']

/** Takes events: verifies them while Bitrix24 waits, and works on them after. */
export function createTakeEvent (dependencies: TakeEventDependencies) {
  const { application, verify, limit, installations, isLostSystemUser, queue, checks } = dependencies
  // Some portals are said to repeat events for a day. Only verified events that are done stand here, so a forged one
  // can't keep a true one out.
  const done = new LRUCache<string, true>({ ...upTo(10_000), ttl: day })

  /** Does what an event asks for. */
  async function work (name: string, call: VerifiedCall, event: UnverifiedEvent): Promise<void> {
    const { memberId, applicationToken, refreshToken, systemUser, ip } = event
    if (name === 'ONAPPUSERREADY') return await installations.storeSystemUser(call, { ...systemUser, ip })
    const { userId } = call
    if (await isLostSystemUser(memberId, userId)) {
      await installations.storeSystemUser(call, { userId, refreshToken, ip })
    }
    await installations.install(call, { applicationToken, refreshToken, event: name, ip })
    installations.startHandlers(memberId)
  }

  async function takeVerified (facts: Facts, digest: string, event: UnverifiedEvent): Promise<boolean> {
    const { event: name } = facts
    const { memberId } = event
    const begin = performance.now()
    const { userId } = await verify(event)
    await limit(memberId, userId)
    const run = async () => {
      // Verified again, as a lot may have happened since: a proof that still holds costs nothing.
      await work(name, await verify(event), event)
      done.set(digest, true)
    }
    // By user, so that an employee's events do not displace those of an administrator.
    const isTaken = queue.add({ key: `${name} ${memberId} ${userId}`, name, shares: verifiedShares(memberId), run })
    const refusal = isTaken ? undefined : new TooManyInstallationsError()
    publish({ ...facts, application, memberId, userId }, begin, refusal)
    if (refusal !== undefined) throw refusal
    return true
  }

  async function takeUninstall (facts: Facts, event: UnverifiedEvent): Promise<boolean> {
    const { event: name } = facts
    const { memberId, applicationToken, clean, ip } = event
    const begin = performance.now()
    const request = { applicationToken, clean }
    await installations.requestUninstall(memberId, request, ip)
    // Whoever knows the application token can repeat the request.
    if (!checks.isDue(memberId, request)) return false
    publish({ ...facts, application, memberId, userId: 0 }, begin)
    const run = () => installations.confirmUninstall(memberId, request)
    // If there is no room, the next look finds the stored request.
    queue.add({ key: `${name} ${memberId}`, name, shares: verifiedShares(memberId), run })
    return true
  }

  return async (posted: LifecycleEvent, ip: string): Promise<boolean> => {
    const upper = posted.event.toUpperCase()
    const name = events.find(name => name === upper)
    if (name === undefined) throw new EventUnknownError()
    const event = unverifiedEvent(posted, ip)
    const { memberId, applicationToken } = event
    const digest = hash('sha256', JSON.stringify(posted), 'base64')
    if (done.has(digest)) return false

    const facts = factsOf(name, posted)
    const run = () => name === 'ONAPPUNINSTALL' ? takeUninstall(facts, event) : takeVerified(facts, digest, event)
    try {
      return await run()
    } catch (error) {
      // Not retried after any other error: forged events must not fill our queue.
      const isStoreAway = error instanceof StoreUnavailableError
      if (!isStoreAway && !(error instanceof AuthorizationServerUnavailableError)) throw error
      // A store that hangs would make the portal wait as long once more.
      const isTokenRight = !isStoreAway &&
        await installations.isApplicationToken(memberId, applicationToken).catch(() => false)
      // By address, so that somebody else's events do not displace the portal's own.
      const key = `${name} ${isTokenRight} ${memberId} ${clientAddress(ip)}`
      if (!queue.add({ key, name, shares: unverifiedShares(memberId, ip, isTokenRight), run })) throw error
      return true
    }
  }
}

/** Publishes an event that was verified; one that was not may come from anybody. */
function publish (
  facts: Omit<EventMessage, 'seconds' | 'refusal'>, begin: number, error?: { statusCode?: number, code: string }
): void {
  const refusal = error && { status: Number(error.statusCode), code: error.code }
  eventChannel.publish({ ...facts, seconds: (performance.now() - begin) / 1000, refusal } satisfies EventMessage)
}

/** A copy, as below, of a few kilobytes at most: it may wait for an hour. */
const factsOf = (event: string, posted: LifecycleEvent): Facts => structuredClone({
  event,
  fields: Object.keys(posted).slice(0, 40).map(name => name.slice(0, 64)),
  received: new URLSearchParams({ ...posted }).toString().length
})

/** The call that an event makes. A copy: a text that was cut out of a form keeps the whole form in memory. */
function unverifiedEvent (event: LifecycleEvent, ip: string): UnverifiedEvent {
  const text = (name: keyof LifecycleEvent) => event[name] ?? ''
  return structuredClone({
    memberId: text('auth[member_id]'),
    authId: text('auth[access_token]'),
    applicationToken: text('auth[application_token]'),
    refreshToken: text('auth[refresh_token]'),
    serverEndpoint: text('auth[server_endpoint]'),
    systemUser: { userId: Number(text('data[user_id]')), refreshToken: text('data[refresh_token]') },
    clean: text('data[CLEAN]') === '1',
    ip,
    installing: true
  })
}
