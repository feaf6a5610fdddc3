import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import { backgroundWork } from '../diagnostics/channels.ts'
import { createBackground } from './background.ts'
import { createLatestOnly } from './latest-only.ts'
import { watchLength } from './lengths.ts'

/** Work that was accepted, and is done after its request was answered. */
export interface QueuedWork {
  /** Under each key one piece runs, and the latest that came meanwhile waits */
  key: string
  /** For the log */
  name: string
  /** Where the key is counted, and how many keys may be counted there: a tenant's share, and what all share */
  shares: ReadonlyArray<readonly [share: string, limit: number]>
  /** Has to end by itself, even if others don't answer. The signal aborts when the service ends */
  run: (closing: AbortSignal) => Promise<unknown>
}

export type RetryQueue = ReturnType<typeof createRetryQueue>

interface RetryQueueOptions {
  /** For the metrics */
  name: string
  log: Pick<FastifyBaseLogger, 'warn' | 'error'>
  /** Milliseconds before each further try; the last one repeats */
  delays: readonly number[]
  /** Milliseconds after which work is not tried again */
  lifetime: number
  /** Whether work that failed with this error is worth another try */
  isTemporary: (error: unknown) => boolean
  now: () => number
}

const replacement = new Error('later work has taken its place')

/** Runs work in the background until it succeeds. Work under one key never delays or displaces work under another. */
export function createRetryQueue ({ name, log, delays, lifetime, isTemporary, now }: RetryQueueOptions) {
  const closing = new AbortController()
  const background = createBackground(log)
  const onlyLatest = createLatestOnly(() => replacement)
  const keys = new Map<string, { pieces: number, shares: QueuedWork['shares'] }>()
  const taken = new Map<string, number>()

  async function persist ({ name, run }: QueuedWork, replaced: AbortSignal): Promise<void> {
    const end = now() + lifetime
    for (let tries = 0; !closing.signal.aborted; tries++) {
      try {
        await backgroundWork.tracePromise(() => run(closing.signal), { name })
        return
      } catch (err) {
        if (replaced.aborted) return
        const retryInMs = Number(delays[Math.min(tries, delays.length - 1)])
        if (!isTemporary(err) || now() + retryInMs > end) throw err
        log.warn({ err, retryInMs }, `${name} has to wait`)
        const signal = AbortSignal.any([closing.signal, replaced])
        await sleep(retryInMs, undefined, { signal, ref: false }).catch(() => undefined)
        if (replaced.aborted) return
      }
    }
    log.error(`${name} was given up: the service ends`)
  }

  function open ({ key, shares }: QueuedWork) {
    if (shares.some(([share, limit]) => (taken.get(share) ?? 0) >= limit)) return undefined
    for (const [share] of shares) taken.set(share, (taken.get(share) ?? 0) + 1)
    const opened = { pieces: 0, shares }
    keys.set(key, opened)
    return opened
  }

  function close (key: string, shares: QueuedWork['shares']): void {
    keys.delete(key)
    for (const [share] of shares) {
      const left = Number(taken.get(share)) - 1
      if (left === 0) taken.delete(share)
      else taken.set(share, left)
    }
  }

  return {
    /** Takes work; false when one of its shares is used up. */
    add (work: QueuedWork): boolean {
      const { key, name } = work
      const entry = keys.get(key) ?? open(work)
      if (entry === undefined) return false
      entry.pieces++
      const done = onlyLatest(key, replaced => persist(work, replaced)).catch(error => {
        if (error !== replacement) throw error
      })
      background.keep(name, done.finally(() => {
        entry.pieces--
        if (entry.pieces === 0) close(key, entry.shares)
      }))
      return true
    },
    /** How many keys have work */
    size: watchLength(name, () => keys.size),
    /** Resolves when everything under way has ended; nothing is tried again after this. */
    async close (): Promise<void> {
      closing.abort()
      await background.close()
    }
  }
}
