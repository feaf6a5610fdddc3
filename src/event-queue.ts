import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'

/** Work that has been accepted, and is done after its request was answered. */
export interface QueuedWork {
  /** Of each key one piece runs, and the latest that came meanwhile waits */
  key: string
  /** For the log */
  name: string
  /** Where the key is counted, and how many keys may be there at a time: a tenant's share, and what all share */
  shares: ReadonlyArray<readonly [share: string, limit: number]>
  /** Has to end by itself, however others behave. The signal aborts when the service ends */
  run: (closing: AbortSignal) => Promise<void>
}

export interface EventQueue {
  /** Takes work. Out: false when one of its shares is used up; then nothing is kept of it. */
  add: (work: QueuedWork) => boolean
  /** How many keys are worked on or wait */
  size: () => number
  /** Resolves when everything under way has ended; nothing is tried again after this. */
  close: () => Promise<void>
}

export interface EventQueueOptions {
  log: Pick<FastifyBaseLogger, 'warn' | 'error'>
  /** Milliseconds before each further try; the last one repeats */
  delays: readonly number[]
  /** Milliseconds after which work is not tried again */
  lifetime: number
  /** Which errors pass by themselves, so that work is tried again */
  isTemporary: (error: unknown) => boolean
  /** The clock, in milliseconds since 1970 */
  now: () => number
}

interface Lane { latest: QueuedWork | undefined, wake: AbortController, ended: Promise<void> }

/** A queue in which nobody's work can be displaced by, or wait for, work under another key. */
export function createEventQueue ({ log, delays, lifetime, isTemporary, now }: EventQueueOptions): EventQueue {
  const closing = new AbortController()
  const lanes = new Map<string, Lane>()
  const taken = new Map<string, number>()

  async function persist (lane: Lane, { name, run }: QueuedWork): Promise<void> {
    const end = now() + lifetime
    for (let tries = 0; !closing.signal.aborted; tries++) {
      try {
        return await run(closing.signal)
      } catch (err) {
        // What came later under the same key is newer.
        if (lane.latest !== undefined) return
        const retryInMs = Number(delays[Math.min(tries, delays.length - 1)])
        if (!isTemporary(err) || now() + retryInMs > end) return log.error({ err }, `${name} failed`)
        log.warn({ err, retryInMs }, `${name} has to wait`)
        await pause(lane, retryInMs)
        if (lane.latest !== undefined) return
      }
    }
    log.error(`${name} was given up: the service ends`)
  }

  async function pause (lane: Lane, time: number): Promise<void> {
    lane.wake = new AbortController()
    const signal = AbortSignal.any([closing.signal, lane.wake.signal])
    await sleep(time, undefined, { signal, ref: false }).catch(() => undefined)
  }

  async function runLane (lane: Lane, { key, shares }: QueuedWork): Promise<void> {
    for (let work = lane.latest; work !== undefined; work = lane.latest) {
      lane.latest = undefined
      await persist(lane, work)
    }
    lanes.delete(key)
    for (const [share] of shares) {
      const left = Number(taken.get(share)) - 1
      if (left === 0) taken.delete(share)
      else taken.set(share, left)
    }
  }

  return {
    add (work) {
      const lane = lanes.get(work.key)
      if (lane !== undefined) {
        lane.latest = work
        lane.wake.abort()
        return true
      }
      if (work.shares.some(([share, limit]) => (taken.get(share) ?? 0) >= limit)) return false
      for (const [share] of work.shares) taken.set(share, (taken.get(share) ?? 0) + 1)
      const opened: Lane = { latest: work, wake: new AbortController(), ended: Promise.resolve() }
      lanes.set(work.key, opened)
      opened.ended = runLane(opened, work)
      return true
    },
    size: () => lanes.size,
    async close () {
      closing.abort()
      // What ends may have started more.
      while (lanes.size > 0) await Promise.all([...lanes.values()].map(({ ended }) => ended))
    }
  }
}
