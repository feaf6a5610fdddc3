import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { createVisitsBuffer } from './visits-buffer.ts'
import { createRecentReports } from './recent-reports.ts'
import type { LinkReport, OpenedLink, VisitStore } from './visit-store.ts'
import type { ScreenVisit } from './index.ts'

export interface LinkVisitsOptions {
  store: VisitStore
  /** Days that are kept, today included. 0: nothing is counted, and what was counted before is forgotten */
  retentionDays: number
  /** Milliseconds that a count may wait in memory. Default 900 */
  flushMs?: number
  /** Counts that wait while the store fails: one for each user of each link on each day. Default 10,000 */
  maxPending?: number
  /** Bytes of all of them. Default 8 million */
  maxPendingBytes?: number
  /** The clock, in milliseconds since 1970. Default Date.now */
  now?: () => number
}

/** Who asks, on the portal of the link: a page session says it. */
export interface VisitsViewer { userId: number, isAdmin: boolean }

declare module 'fastify' {
  interface FastifyInstance {
    linkVisits: {
      /** Days that are kept; 0: nothing is counted */
      days: number
      /** Counts in memory, to be written within a second. Never throws. */
      count: (visit: ScreenVisit) => void
      /** Resolves when all that was counted before is written, or the store has refused it. Never rejects. */
      flush: () => Promise<void>
      /**
       * What the viewer may know of a link of a portal: administrators everything, others what they have opened themselves;
       * undefined: nothing. Errors: those of the store.
       */
      report: (memberId: string, linkId: string, viewer: VisitsViewer) => Promise<LinkReport | undefined>
      /**
       * The links of a portal that were opened last, newest first: for administrators all, with 21 users of each at most, for others
       * those that they have opened. Of what other instances count, some seconds may be missing. Errors: those of the store.
       */
      recent: (memberId: string, limit: number, viewer: VisitsViewer) => Promise<LinkReport[]>
      /** Forgets what was read of a portal that has uninstalled the application. */
      forget: (memberId: string) => void
    }
  }
}

const hour = 3_600_000
const oneDay = 24 * hour
const maxUsers = 200
/** Of each link that `recent` reads: a page names twenty, and says whether there are more */
const recentUsers = 21
/** Characters of the parameters as JSON: a link carries hardly more */
const maxParams = 2000
const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10)

function asJson (params: Record<string, unknown>): string | undefined {
  try {
    const json = JSON.stringify(params)
    return json.length > maxParams ? undefined : json
  } catch {
    return undefined
  }
}

/** Counts the visits of links without cost to the call, and says how often each was opened. */
async function linkVisits (fastify: FastifyInstance, options: LinkVisitsOptions) {
  // A crash loses at most one second: what waits, and the time that writing takes.
  const { store, retentionDays, flushMs = 900, maxPending = 10_000, maxPendingBytes = 8_000_000, now = Date.now } = options
  if (!Number.isInteger(retentionDays) || retentionDays < 0) throw new Error('link-visits: options.retentionDays must be a whole number')
  const log = fastify.log.child({ part: 'link-visits' })
  const buffer = createVisitsBuffer({ store, log, flushMs, maxPending, maxBytes: maxPendingBytes })
  const shared = createRecentReports({ ttl: 5000, maxBytes: 16_000_000, now })
  const firstDay = () => now() - (retentionDays - 1) * oneDay

  async function reportsOf (memberId: string, links: readonly OpenedLink[], maxUsers: number, { isAdmin }: VisitsViewer): Promise<LinkReport[]> {
    const names = Array.from({ length: retentionDays }, (_, index) => dayOf(firstDay() + index * oneDay))
    const totals = await store.totals(memberId, links, dayOf(firstDay()), isAdmin ? maxUsers : 0)
    return totals.map(({ id, screen, params, days: counted, users }) => {
      const timesOn = new Map(counted.map(({ day, times }) => [day, times]))
      const days = names.map(day => ({ day, times: timesOn.get(day) ?? 0 }))
      return { id, screen, params, total: days.reduce((sum, { times }) => sum + times, 0), days, ...(isAdmin && { users }) }
    })
  }

  function purge (): void {
    buffer.after(() => store.purge(dayOf(firstDay())).catch(err => log.error({ err }, 'old visits of links cannot be forgotten; it is tried again in an hour')))
  }

  fastify.decorate('linkVisits', {
    days: retentionDays,
    count ({ screen, linkId, params, memberId, userId }) {
      if (retentionDays === 0) return
      const at = now()
      const json = asJson(params)
      if (json === undefined) {
        log.error({ screen }, `an visit was not counted: JSON of ${maxParams} characters cannot hold the parameters of the screen`)
        return
      }
      buffer.add({ memberId, linkId, screen, params: json, userId, day: dayOf(at), firstAt: at, lastAt: at, times: 1 })
      shared.forget(memberId)
    },
    flush: buffer.flush,
    forget: shared.forget,
    async report (memberId, linkId, viewer) {
      await buffer.flush()
      // Who has not opened a link is not told whether there is one.
      if (!viewer.isAdmin && !await store.hasOpened(memberId, linkId, viewer.userId)) return undefined
      const link = await store.find(memberId, linkId)
      return link && (await reportsOf(memberId, [link], maxUsers, viewer))[0]
    },
    async recent (memberId, limit, viewer) {
      return await shared.share(memberId, `${viewer.isAdmin ? 'all' : viewer.userId} ${limit}`, async () => {
        await buffer.flush()
        const links = await store.links(memberId, limit, viewer.isAdmin ? undefined : viewer.userId)
        return await reportsOf(memberId, links, recentUsers, viewer)
      })
    }
  })

  // What is counted after it, or left when it fails, the purge forgets.
  fastify.installations.onUninstalled(store.forget)

  const purging = setInterval(purge, hour).unref()
  fastify.addHook('onReady', async () => purge())
  fastify.addHook('onClose', async () => {
    clearInterval(purging)
    await buffer.close()
  })
}

export default fp(linkVisits, { fastify: '5.x', name: 'b24-link-visits', decorators: { fastify: ['installations'] } })
