import type { FastifyBaseLogger } from 'fastify'

/** Work that goes on after its request was answered. */
export interface Background {
  /** Starts work. An error is logged under `name`; it never reaches the caller. */
  run: (name: string, work: () => Promise<void>) => void
  /** Resolves when everything under way has ended. */
  close: () => Promise<void>
}

export function createBackground (log: Pick<FastifyBaseLogger, 'error'>): Background {
  const running = new Set<Promise<void>>()
  return {
    run (name, work) {
      const ended = work().catch(err => log.error({ err }, `${name} failed`)).finally(() => running.delete(ended))
      running.add(ended)
    },
    async close () {
      // What ends may have started more.
      while (running.size > 0) await Promise.all(running)
    }
  }
}
