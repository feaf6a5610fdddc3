import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { LRUCache } from 'lru-cache'
import { createBackground } from '../src/background.ts'
import { AuthIdMissingError, EventUnknownError, PortalSilentError, ServerSilentError, StoreSilentError, TooManyProofsError } from '../src/errors.ts'
import type { LifecycleEvent } from '../src/schemas/event.ts'

export interface LifecycleEventsOptions {
  /** Milliseconds between looks at uninstalls that could not be confirmed yet. Default one minute */
  checkInterval?: number
  /** Milliseconds before each further try of an event while somebody is silent. Default 5 s to 30 min */
  delays?: readonly number[]
  /** The clock, in milliseconds since 1970. Default Date.now */
  now?: () => number
}

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Takes a lifecycle event: refuses it, or resolves at once and works on it after, as Bitrix24 sends each event only once.
     * In: the event, and the caller's address. Errors: EventUnknownError, AuthIdMissingError, ApplicationTokenError (an uninstall
     * that does not belong to the installation), TooManyProofsError (too many events wait already), StoreSilentError.
     */
    takeLifecycleEvent: (event: LifecycleEvent, caller: string) => Promise<void>
    /** How many events were accepted and are still worked on. */
    pendingLifecycleEvents: () => number
  }
}

const minute = 60_000
const hour = 60 * minute
// Each waiting event holds a few kilobytes.
const maxWaiting = 1000
// Not "too many": who forges events must not make us keep them.
const passing = [ServerSilentError, PortalSilentError, StoreSilentError]
const isPassing = (error: unknown) => passing.some(kind => error instanceof kind)

/** Events of Bitrix24's queue server: proven like an installation, and worked on in the background. */
async function lifecycleEvents (fastify: FastifyInstance, { checkInterval = minute, delays, now = Date.now }: LifecycleEventsOptions) {
  const { installations } = fastify
  const background = createBackground({
    log: fastify.log.child({ part: 'events' }),
    delays: delays ?? [5000, 30_000, 2 * minute, 10 * minute, 30 * minute],
    isTemporary: isPassing
  })

  // When a portal's uninstall was last asked about, and whose has to be asked about again.
  const asked = new LRUCache<string, number>({ max: 10_000 })
  const again = new Map<string, string>()

  fastify.decorate('pendingLifecycleEvents', background.size)
  fastify.decorate('takeLifecycleEvent', async (event: LifecycleEvent, caller: string) => {
    if (background.size() >= maxWaiting) throw new TooManyProofsError()
    const memberId = event['auth[member_id]']
    const applicationToken = event['auth[application_token]'] ?? ''
    const name = event.event.toUpperCase()
    switch (name) {
      case 'ONAPPINSTALL':
      case 'ONAPPUPDATE': {
        const authId = event['auth[access_token]'] ?? ''
        if (authId === '') throw new AuthIdMissingError()
        const refreshToken = event['auth[refresh_token]'] ?? ''
        const claim = { memberId, authId, applicationToken, serverEndpoint: event['auth[server_endpoint]'] ?? '', caller, installing: true }
        // Proven before it waits for its turn: what is not proven stands in nobody's way.
        background.run(name, async () => {
          await installations.install(await fastify.authToken.verifyClaim(claim), { applicationToken, refreshToken })
        })
        return
      }
      case 'ONAPPUNINSTALL':
        await installations.requestUninstall(memberId, applicationToken)
        // Whoever knows the application token can ask again and again, so the question is put once a minute. But an event that comes
        // while an earlier one is being answered may be the true one: it gets a question of its own at the next look.
        if (now() - (asked.get(memberId) ?? -Infinity) < checkInterval) {
          again.set(memberId, applicationToken)
          return
        }
        asked.set(memberId, now())
        background.run(name, () => installations.confirmUninstall(memberId, applicationToken))
        return
      default: throw new EventUnknownError()
    }
  })

  /** Uninstalls that nobody could confirm: every minute in the first hour, then once an hour. */
  async function lookAgain () {
    for (const [memberId, applicationToken] of again) background.run('ONAPPUNINSTALL', () => installations.confirmUninstall(memberId, applicationToken))
    again.clear()
    for (const { memberId, since } of await installations.unconfirmed()) {
      const age = now() - since
      if (age < hour || age % hour < checkInterval) background.run('ONAPPUNINSTALL', () => installations.confirmUninstall(memberId))
    }
  }

  const timer = setInterval(() => background.run('looking at uninstalls again', lookAgain), checkInterval).unref()
  fastify.addHook('onReady', async () => { background.run('looking at uninstalls again', lookAgain) })
  fastify.addHook('onClose', async () => {
    clearInterval(timer)
    await background.close()
  })
}

export default fp(lifecycleEvents, { fastify: '5.x', name: 'b24-lifecycle-events', dependencies: ['b24-auth-token', 'b24-installation'] })
