import { createVisitsBuffer, type VisitsBufferOptions } from './buffer.ts'
import { createRecentReports } from './recent-reports.ts'
import type { VisitStore } from './sql-visit-store.ts'
import type { LinkReport, OpenedLink } from './visit-types.ts'

export interface VisitsOptions extends VisitsBufferOptions {
  store: VisitStore
  /** Days that are kept, today included. 0: nothing is counted, and what was counted before is deleted */
  retentionDays: number
  /** The clock, in milliseconds since 1970. Default Date.now */
  now?: () => number
}

/** One visit of a screen by a verified user. */
export interface ScreenVisit {
  screen: string
  linkId: string
  params: Record<string, unknown>
  memberId: string
  userId: number
}

/** A user of the portal who asks for visits, as their page session says. */
interface VisitsViewer { userId: number, isAdmin: boolean }

const oneDay = 24 * 3_600_000
const maxUsers = 200
/** Of each link that `recent` reads: a page names twenty, and says whether there are more */
const recentUsers = 21
/** Characters of the parameters as JSON: a link hardly carries more */
const maxParams = 2000
const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10)

/** Counts the visits of links without delaying the call, and reports how often each was opened. */
export function createVisits (options: VisitsOptions) {
  const { store, log, retentionDays, now = Date.now } = options
  const buffer = createVisitsBuffer({ ...options, purge: () => store.purge(dayOf(firstDay())) })
  const shared = createRecentReports(5000, 16_000_000, now)
  const firstDay = () => now() - (retentionDays - 1) * oneDay

  async function reportsOf (
    memberId: string, links: readonly OpenedLink[], users: number, { isAdmin }: VisitsViewer
  ): Promise<LinkReport[]> {
    const names = Array.from({ length: retentionDays }, (_, index) => dayOf(firstDay() + index * oneDay))
    const totals = await store.totals(memberId, links, dayOf(firstDay()), isAdmin ? users : 0)
    return totals.map(({ id, screen, params, days: counted, users }) => {
      const timesOn = new Map(counted.map(({ day, times }) => [day, times]))
      const days = names.map(day => ({ day, times: timesOn.get(day) ?? 0 }))
      const total = days.reduce((sum, { times }) => sum + times, 0)
      return { id, screen, params, total, days, ...(isAdmin && { users }) }
    })
  }

  return {
    /** Days that are kept; 0: nothing is counted */
    days: retentionDays,
    /** Counts in memory, to be written within a second. */
    count ({ screen, linkId, params, memberId, userId }: ScreenVisit): void {
      if (retentionDays === 0) return
      const at = now()
      const json = JSON.stringify(params)
      if (json.length > maxParams) {
        log.error({ screen }, `a visit was not counted: its parameters do not fit into ${maxParams} characters of JSON`)
        return
      }
      buffer.add({ memberId, linkId, screen, params: json, userId, day: dayOf(at), firstAt: at, lastAt: at, times: 1 })
      shared.forget(memberId)
    },
    flush: buffer.flush,
    /** Forgets what was read of a portal, such as one that has uninstalled the application. */
    forget: shared.forget,
    /** What the viewer may know of a link of a portal: administrators everything, others what they have opened. */
    async report (memberId: string, linkId: string, viewer: VisitsViewer): Promise<LinkReport | undefined> {
      await buffer.flush()
      // A user who has not opened a link is not told whether it exists.
      if (!viewer.isAdmin && !await store.hasOpened(memberId, linkId, viewer.userId)) return undefined
      const link = await store.find(memberId, linkId)
      return link && (await reportsOf(memberId, [link], maxUsers, viewer))[0]
    },
    /**
     * The links of a portal that were opened last, newest first: all for administrators, with 21 users of each at most;
     * for others those that they have opened. Some seconds of what other instances count may be missing.
     */
    async recent (memberId: string, limit: number, viewer: VisitsViewer): Promise<LinkReport[]> {
      return await shared.share(memberId, `${viewer.isAdmin ? 'all' : viewer.userId} ${limit}`, async () => {
        await buffer.flush()
        const links = await store.links(memberId, limit, viewer.isAdmin ? undefined : viewer.userId)
        return await reportsOf(memberId, links, recentUsers, viewer)
      })
    },
    start: buffer.start,
    close: buffer.close
  }
}
