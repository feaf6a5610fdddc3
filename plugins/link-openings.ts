import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { DailyOpenings, OpenedLink, OpeningCount, OpeningStore, UserOpenings } from '../src/store/opening-store.ts'
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

/** Who opened a link, as far back as openings are kept. */
export interface LinkReport extends Pick<OpenedLink, 'id' | 'screen' | 'params'> {
  total: number
  /** Every day that is kept, in order, days without openings included */
  days: DailyOpenings[]
  /** Those who opened it most often, 200 at most */
  users?: UserOpenings[]
}

declare module 'fastify' {
  interface FastifyInstance {
    linkOpenings: {
      /** Days that are kept; 0: nothing is counted */
      days: number
      /** Counts in memory, to be written within a second. Never throws. */
      count: (opening: ScreenOpening) => void
      /** Resolves when all that was counted before is written, or the store has refused it. Never rejects. */
      flush: () => Promise<void>
      /** What is known of a link of a portal; undefined: nothing. Errors: those of the store. */
      report: (memberId: string, linkId: string, options?: { withUsers?: boolean }) => Promise<LinkReport | undefined>
      /** The links of a portal that were opened last, newest first. Errors: those of the store. */
      recent: (memberId: string, limit: number) => Promise<Array<OpenedLink & { total: number }>>
    }
  }
}

const hour = 3_600_000
const oneDay = 24 * hour
const maxUsers = 200
const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10)

/** Counts the openings of links without cost to the call: merged in memory, written behind, one batch at a time. */
async function linkOpenings (fastify: FastifyInstance, options: LinkOpeningsOptions) {
  // A crash loses at most one second: what waits, and the time that writing takes.
  const { store, retentionDays, flushMs = 900, maxPending = 10_000, now = Date.now } = options
  if (!Number.isInteger(retentionDays) || retentionDays < 0) throw new Error('link-openings: options.retentionDays must be a whole number')
  const log = fastify.log.child({ part: 'link-openings' })
  let pending = new Map<string, OpeningCount>()
  let dropped = 0
  let isFailing = false
  let timer: NodeJS.Timeout | undefined
  let writing = Promise.resolve()
  const firstDay = () => now() - (retentionDays - 1) * oneDay

  function add (count: OpeningCount): void {
    const key = [count.memberId, count.linkId, count.userId, count.day].join(' ')
    const known = pending.get(key)
    if (known === undefined) pending.set(key, count)
    else Object.assign(known, { lastAt: count.lastAt, times: known.times + count.times })
    if (pending.size <= maxPending) return
    pending.delete(pending.keys().next().value as string) // one was just added
    if (dropped++ === 0) log.error({ maxPending }, 'the store has failed for so long that openings of links are lost')
  }

  function schedule (): void {
    timer ??= setTimeout(flush, flushMs).unref()
  }

  async function write (): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    if (pending.size === 0) return
    const batch = pending
    pending = new Map()
    try {
      await store.record([...batch.values()])
      if (isFailing) log.info({ dropped }, 'the openings of links are written again')
      isFailing = false
      dropped = 0
    } catch (err) {
      if (!isFailing) log.error({ err }, 'the openings of links cannot be written; they are kept and tried again')
      isFailing = true
      // What came meanwhile is newer.
      const newer = pending
      pending = batch
      for (const count of newer.values()) add(count)
      schedule()
    }
  }

  function flush (): Promise<void> {
    writing = writing.then(write)
    return writing
  }

  function purge (): void {
    writing = writing.then(async () => {
      await store.purge(dayOf(firstDay())).catch(err => log.error({ err }, 'old openings of links cannot be forgotten; it is tried again in an hour'))
    })
  }

  fastify.decorate('linkOpenings', {
    days: retentionDays,
    count ({ screen, linkId, params, memberId, userId }) {
      if (retentionDays === 0) return
      const at = now()
      try {
        // The handler that comes next may change its parameters.
        add({ memberId, linkId, screen, params: JSON.stringify(params), userId, day: dayOf(at), firstAt: at, lastAt: at, times: 1 })
        schedule()
      } catch {
        log.error({ screen }, 'an opening was not counted: JSON cannot hold the parameters of the screen')
      }
    },
    flush,
    async report (memberId, linkId, { withUsers = false } = {}) {
      await flush()
      const link = await store.find(memberId, linkId)
      if (link === undefined) return undefined
      const start = firstDay()
      const counted = new Map((await store.daily(memberId, linkId, dayOf(start))).map(({ day, times }) => [day, times]))
      const days = Array.from({ length: retentionDays }, (_, index) => dayOf(start + index * oneDay)).map(day => ({ day, times: counted.get(day) ?? 0 }))
      const { id, screen, params } = link
      return {
        id,
        screen,
        params,
        total: days.reduce((sum, { times }) => sum + times, 0),
        days,
        ...(withUsers && { users: await store.users(memberId, linkId, maxUsers) })
      }
    },
    async recent (memberId, limit) {
      await flush()
      return await store.links(memberId, limit)
    }
  })

  const purging = setInterval(purge, hour).unref()
  fastify.addHook('onReady', async () => purge())
  fastify.addHook('onClose', async () => {
    clearInterval(purging)
    await flush()
    clearTimeout(timer)
    if (pending.size > 0) log.error({ lost: pending.size }, 'the service ends, and openings of links are not written')
  })
}

export default fp(linkOpenings, { fastify: '5.x', name: 'b24-link-openings' })
