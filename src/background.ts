import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'

/** Work that goes on after its request was answered. */
export interface Background {
  /**
   * Starts a piece of work; while `isTemporary` says so of its error it is tried again after the next of the delays.
   * A failure is logged under `name`; it never reaches the caller.
   */
  run: (name: string, work: () => Promise<void>) => void
  /** How many pieces of work are under way or waiting */
  size: () => number
  /** Resolves when everything under way has ended; nothing is tried again after this. */
  close: () => Promise<void>
}

export interface BackgroundOptions {
  log: Pick<FastifyBaseLogger, 'warn' | 'error'>
  /** Milliseconds before each further try */
  delays: readonly number[]
  isTemporary: (error: unknown) => boolean
}

/** In: logger, delays in milliseconds, and which errors pass by themselves. */
export function createBackground ({ log, delays, isTemporary }: BackgroundOptions): Background {
  const closing = new AbortController()
  const running = new Set<Promise<void>>()

  async function persist (name: string, work: () => Promise<void>, [delay, ...later]: readonly number[]): Promise<void> {
    try {
      await work()
    } catch (err) {
      if (delay === undefined || !isTemporary(err)) return log.error({ err }, `${name} failed`)
      log.warn({ err, retryInMs: delay }, `${name} has to wait`)
      await sleep(delay, undefined, { signal: closing.signal, ref: false }).catch(() => undefined)
      if (closing.signal.aborted) return log.error({ err }, `${name} was given up: the service ends`)
      await persist(name, work, later)
    }
  }

  return {
    run (name, work) {
      const work_ = persist(name, work, delays).finally(() => running.delete(work_))
      running.add(work_)
    },
    size: () => running.size,
    async close () {
      closing.abort()
      // What ends may have started more.
      while (running.size > 0) await Promise.all(running)
    }
  }
}
