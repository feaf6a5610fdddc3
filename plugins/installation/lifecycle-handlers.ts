import type { FastifyBaseLogger } from 'fastify'
import { LRUCache } from 'lru-cache'
import { createBackground } from '../../src/queues/background.ts'
import { createFairQueue } from '../../src/queues/fair-queue.ts'
import type { InstallationChange, ChangeStore, TakenChange } from '../../src/store/change-store.ts'
import type { Installation } from '../../src/store/installation-store.ts'
import type { PortalRest } from '../portal-rest/rest-interface.ts'
import { createCallHandler, type Entry, type LifecycleHandler } from './call-handler.ts'

export type LifecycleHandlers = ReturnType<typeof createLifecycleHandlers>

interface LifecycleHandlersOptions {
  store: ChangeStore & { get: (memberId: string) => Promise<Installation | undefined> }
  restOf: (memberId: string) => PortalRest
  /** Milliseconds that a handler may take */
  timeout: number
  /** Milliseconds before each further try; the last one repeats */
  delays: readonly number[]
  log: Pick<FastifyBaseLogger, 'error'>
  now: () => number
}

interface Progress { at: number, tries: number, done: Set<Entry> }

// Portals whose handlers run at the same time.
const slots = 8
// How many portals one look takes on.
const atOnce = 100

/**
 * Runs handlers after a portal was installed, updated or uninstalled. The change stays in the store until all of them
 * have succeeded, so a process that ends loses nothing: another one, or its next start, runs them again.
 */
export function createLifecycleHandlers (options: LifecycleHandlersOptions) {
  const { store, restOf, timeout, delays, log, now } = options
  const entries: Record<InstallationChange, Entry[]> = { installed: [], updated: [], uninstalled: [] }
  const closing = new AbortController()
  const background = createBackground(log)
  const callHandler = createCallHandler({ restOf, closing: closing.signal, log })
  const queue = createFairQueue({ name: 'lifecycle-handlers', slots, slotsPerKey: 1 })
  // Which handlers of a change have succeeded in this process.
  const progress = new LRUCache<string, Progress>({ max: 1000 })
  // Portals whose handlers of `onUninstalled` run in this process.
  const leaving = new Map<string, AbortController>()

  /** Runs those of a change that have not succeeded yet, until the signal. Returns the milliseconds until a new try. */
  async function runHandlers (
    memberId: string, { change, at }: TakenChange, overtaking: AbortController
  ): Promise<number | undefined> {
    const row = await store.get(memberId) as Installation // its change has just been taken
    // By an installation, or by a call that proves it.
    if (change === 'uninstalled' && row.uninstalledAt === null) overtaking.abort()
    const known = progress.get(memberId)
    const { tries, done } = known?.at === at ? known : { tries: 0, done: new Set<Entry>() }
    const retryInMs = Number(delays[Math.min(tries, delays.length - 1)])
    const overtaken = overtaking.signal
    const call = { change, row, uninstalledAt: Number(row.uninstalledAt), timeout, retryInMs, overtaken }
    for (const entry of entries[change].filter(entry => !done.has(entry))) {
      if (closing.signal.aborted || overtaken.aborted) break
      if (await callHandler(entry, call)) done.add(entry)
    }
    progress.set(memberId, { at, tries: tries + 1, done })
    if (overtaken.aborted || entries[change].every(entry => done.has(entry))) return undefined
    return closing.signal.aborted ? 0 : retryInMs
  }

  /** Returns whether there was a change to run handlers for. */
  async function runChange (memberId: string): Promise<boolean> {
    const mostHandlers = Math.max(...Object.values(entries).map(({ length }) => length))
    const taken = await store.takeChange(memberId, now() + timeout * (mostHandlers + 1), now())
    if (taken === undefined) return false
    const overtaking = new AbortController()
    if (taken.change === 'uninstalled') leaving.set(memberId, overtaking)
    const retryInMs = await runHandlers(memberId, taken, overtaking).finally(() => leaving.delete(memberId))
    await store.endChange(memberId, taken, retryInMs === undefined ? undefined : now() + retryInMs)
    return true
  }

  /** Runs what is to be done on a portal. Rejects when the store does not answer. */
  const run = (memberId: string): Promise<void> => queue(memberId, async () => {
    while (!closing.signal.aborted && await runChange(memberId)) continue
  })

  return {
    /** @param source the plugin that adds it */
    add (change: InstallationChange, handler: LifecycleHandler, source: string): void {
      entries[change].push({ handler, source })
    },

    run,

    /** The same, in the background. */
    start (memberId: string): void {
      background.run('running lifecycle handlers', () => run(memberId))
    },

    /** Runs what another process has left, and what failed and is due again. */
    look (): void {
      background.run('looking for lifecycle handlers to run', async () => {
        const memberIds = await store.dueChanges(now(), atOnce)
        await Promise.all(memberIds.map(run))
      })
    },

    /** Stops the handlers of an uninstall when the portal has come back, in whatever process. */
    stopOvertaken (memberId: string): void {
      const overtaking = leaving.get(memberId)
      if (overtaking === undefined) return
      background.run('looking whether a portal has come back', async () => {
        if ((await store.get(memberId))?.uninstalledAt === null) overtaking.abort(new Error('the portal has come back'))
      })
    },

    /**
     * Has plugins delete what they still keep of an uninstalled portal, before it is installed anew. A person waits for
     * that, and one that hangs must not keep the portal out, so all of them share a sixth of the time of one.
     */
    async forget (row: Installation): Promise<void> {
      const { uninstalled } = entries
      const most = Math.ceil(timeout / 6 / uninstalled.length)
      const call = { change: 'uninstalled', row, uninstalledAt: now(), timeout: most } as const
      for (const entry of uninstalled) await callHandler(entry, call)
    },

    /** Aborts the signal of the handlers under way, and starts no more. */
    stop: () => closing.abort(),

    /** Resolves when those that `start` and `look` have begun have ended. */
    close: background.close
  }
}
