import type { FastifyBaseLogger } from 'fastify'
import { watchLength } from './lengths.ts'

/** Work that goes on after its request was answered. */
export function createBackground (log: Pick<FastifyBaseLogger, 'error'>) {
  const running = new Set<Promise<void>>()
  return {
    size: watchLength('background', () => running.size),
    /** Starts work. An error is logged under `name`; it never reaches the caller. */
    run (name: string, work: () => Promise<void>): void {
      const ended = work().catch(err => log.error({ err }, `${name} failed`)).finally(() => running.delete(ended))
      running.add(ended)
    },
    /** Resolves when everything under way has ended. */
    async close (): Promise<void> {
      // What ends may have started more.
      while (running.size > 0) await Promise.all(running)
    }
  }
}
