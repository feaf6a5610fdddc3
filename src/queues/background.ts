import type { FastifyBaseLogger } from 'fastify'
import { backgroundWork } from '../diagnostics/channels.ts'
import { watchLength } from './lengths.ts'

/** Work that goes on after its request was answered. */
export function createBackground (log: Pick<FastifyBaseLogger, 'error'>) {
  const running = new Set<Promise<void>>()

  /** Takes work that has been started. An error is logged under `name`; it never reaches the caller. */
  function keep (name: string, work: Promise<void>): void {
    const ended = work.catch(err => log.error({ err }, `${name} failed`)).finally(() => running.delete(ended))
    running.add(ended)
  }

  return {
    size: watchLength('background', () => running.size),
    keep,
    /** Starts work, and keeps it. */
    run (name: string, work: () => Promise<void>): void {
      keep(name, backgroundWork.tracePromise(work, { name }))
    },
    /** Resolves when everything under way has ended. */
    async close (): Promise<void> {
      // What ends may have started more.
      while (running.size > 0) await Promise.all(running)
    }
  }
}
