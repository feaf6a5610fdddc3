import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { createOpeningsBuffer } from '../src/screens/openings-buffer.ts'
import type { LinkReport, OpenedLink, OpeningStore } from '../src/store/opening-store.ts'
import type { ScreenOpening } from './screens.ts'

export interface LinkOpeningsOptions {
  store: OpeningStore
  /** Days that are kept, today included. 0: nothing is counted, and what was counted before is forgotten */
  retentionDays: number
  /** Milliseconds that a count may wait in memory. Default 900 */
  flushMs?: number
  /** Counts that wait while the store fails: one for each user of each link on each day. Default 10,000 */
  maxPending?: number
  /** The clock, in milliseconds since 1970. Default Date.now */
  now?: () => number
}

/** Who asks, on the portal of the link: a page session says it. */
export interface OpeningsViewer { userId: number, isAdmin: boolean }

declare module 'fastify' {
  interface FastifyInstance {
    linkOpenings: {
      /** Days that are kept; 0: nothing is counted */
      days: number
      /** Counts in memory, to be written within a second. Never throws. */
      count: (opening: ScreenOpening) => void
      /** Resolves when all that was counted before is written, or the store has refused it. Never rejects. */
      flush: () => Promise<void>
      /** What the viewer may know of a link of a portal; undefined: nothing is known. Errors: those of the store. */
      report: (memberId: string, linkId: string, viewer: OpeningsViewer) => Promise<LinkReport | undefined>
      /** The links of a portal that were opened last, newest first: for administrators all, for others those that they have opened. Errors: those of the store. */
      recent: (memberId: string, limit: number, viewer: OpeningsViewer) => Promise<LinkReport[]>
    }
  }
}

const hour = 3_600_000
const oneDay = 24 * hour
const maxUsers = 200
const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10)

/** Counts the openings of links without cost to the call, and says how often each was opened. */
async function linkOpenings (fastify: FastifyInstance, options: LinkOpeningsOptions) {
  // A crash loses at most one second: what waits, and the time that writing takes.
  const { store, retentionDays, flushMs = 900, maxPending = 10_000, now = Date.now } = options
  if (!Number.isInteger(retentionDays) || retentionDays < 0) throw new Error('link-openings: options.retentionDays must be a whole number')
  const log = fastify.log.child({ part: 'link-openings' })
  const buffer = createOpeningsBuffer({ store, log, flushMs, maxPending })
  const firstDay = () => now() - (retentionDays - 1) * oneDay

  async function reportOf (memberId: string, { id, screen, params }: OpenedLink, isOwn: boolean, { isAdmin }: OpeningsViewer): Promise<LinkReport> {
    const start = firstDay()
    const counted = new Map((await store.daily(memberId, id, dayOf(start))).map(({ day, times }) => [day, times]))
    const days = Array.from({ length: retentionDays }, (_, index) => dayOf(start + index * oneDay)).map(day => ({ day, times: counted.get(day) ?? 0 }))
    return {
      id,
      screen,
      ...((isAdmin || isOwn) && { params }),
      total: days.reduce((sum, { times }) => sum + times, 0),
      days,
      ...(isAdmin && { users: await store.users(memberId, id, dayOf(start), maxUsers) })
    }
  }

  function purge (): void {
    buffer.after(() => store.purge(dayOf(firstDay())).catch(err => log.error({ err }, 'old openings of links cannot be forgotten; it is tried again in an hour')))
  }

  fastify.decorate('linkOpenings', {
    days: retentionDays,
    count ({ screen, linkId, params, memberId, userId }) {
      if (retentionDays === 0) return
      const at = now()
      try {
        buffer.add({ memberId, linkId, screen, params: JSON.stringify(params), userId, day: dayOf(at), firstAt: at, lastAt: at, times: 1 })
      } catch {
        log.error({ screen }, 'an opening was not counted: JSON cannot hold the parameters of the screen')
      }
    },
    flush: buffer.flush,
    async report (memberId, linkId, viewer) {
      await buffer.flush()
      const link = await store.find(memberId, linkId)
      return link && await reportOf(memberId, link, await store.hasOpened(memberId, linkId, viewer.userId), viewer)
    },
    async recent (memberId, limit, viewer) {
      await buffer.flush()
      const links = await store.links(memberId, limit, viewer.isAdmin ? undefined : viewer.userId)
      return await Promise.all(links.map(link => reportOf(memberId, link, true, viewer)))
    }
  })

  const purging = setInterval(purge, hour).unref()
  fastify.addHook('onReady', async () => purge())
  fastify.addHook('onClose', async () => {
    clearInterval(purging)
    await buffer.close()
  })
}

export default fp(linkOpenings, { fastify: '5.x', name: 'b24-link-openings' })
