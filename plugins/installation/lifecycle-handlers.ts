import type { FastifyBaseLogger } from 'fastify'
import { LRUCache } from 'lru-cache'
import { memberHash } from '../../src/log/logger.ts'
import { createBackground } from '../../src/queues/background.ts'
import { withDeadline } from '../../src/queues/deadline.ts'
import { createFairQueue } from '../../src/queues/fair-queue.ts'
import type { Installation } from '../../src/store/installation-store.ts'
import type { InstallationChange, ChangeStore } from '../../src/store/change-store.ts'
import type { PlacementContext } from '../placement-dispatch/declaration.ts'
import type { PortalRest } from '../portal-rest/rest-interface.ts'

/** What a handler of `onUninstalled` gets. */
export interface UninstalledContext {
  portal: PlacementContext['portal']
  /** Aborts when the handler has used up its time, or the service ends */
  signal: AbortSignal
}

/** What a handler of `onInstalled` or `onUpdated` gets. */
export interface InstalledContext extends UninstalledContext {
  /** The portal's REST interface, as the installation */
  rest: PortalRest
}

export type LifecycleHandler = (context: InstalledContext) => Promise<unknown>

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

interface Entry { handler: LifecycleHandler, source: string }
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
  const queue = createFairQueue({ name: 'lifecycle-handlers', slots, slotsPerKey: 1 })
  // Which handlers of a change have succeeded in this process.
  const progress = new LRUCache<string, Progress>({ max: 1000 })

  async function call (
    { handler, source }: Entry, change: InstallationChange, row: Installation,
    { retryInMs, most = timeout }: { retryInMs?: number, most?: number }
  ): Promise<boolean> {
    const lateness = () => new Error(`the handler took longer than ${most} ms`)
    try {
      await withDeadline(most, lateness, async over => {
        const signal = AbortSignal.any([over, closing.signal])
        await handler({ portal: portalOf(row), rest: restOf(row.memberId), signal })
      })
      return true
    } catch (err) {
      log.error({ err, change, handler: source, member: memberHash(row.memberId), retryInMs },
        'a lifecycle handler failed')
      return false
    }
  }

  /** Returns whether there was a change to run handlers for. */
  async function runChange (memberId: string): Promise<boolean> {
    const mostHandlers = Math.max(...Object.values(entries).map(({ length }) => length))
    const taken = await store.takeChange(memberId, now() + timeout * (mostHandlers + 1), now())
    if (taken === undefined) return false
    const row = await store.get(memberId) as Installation // its change has just been taken
    const known = progress.get(memberId)
    const { tries, done } = known?.at === taken.at ? known : { tries: 0, done: new Set<Entry>() }
    const retryInMs = Number(delays[Math.min(tries, delays.length - 1)])
    const handlers = entries[taken.change]
    for (const entry of handlers.filter(entry => !done.has(entry))) {
      if (closing.signal.aborted) break
      if (await call(entry, taken.change, row, { retryInMs })) done.add(entry)
    }
    const isDone = handlers.every(entry => done.has(entry))
    progress.set(memberId, { at: taken.at, tries: tries + 1, done })
    await store.endChange(memberId, taken, isDone ? undefined : now() + (closing.signal.aborted ? 0 : retryInMs))
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

    /**
     * Has plugins delete what they still keep of an uninstalled portal, before it is installed anew. A person waits for
     * that, and one that hangs must not keep the portal out, so all of them share a sixth of the time of one.
     */
    async forget (row: Installation): Promise<void> {
      const { uninstalled } = entries
      const most = Math.ceil(timeout / 6 / uninstalled.length)
      for (const entry of uninstalled) await call(entry, 'uninstalled', row, { most })
    },

    /** Aborts the signal of the handlers under way, and starts no more. */
    stop: () => closing.abort(),

    /** Resolves when those that `start` and `look` have begun have ended. */
    close: background.close
  }
}

function portalOf (row: Installation): InstalledContext['portal'] {
  const { memberId, domain, clientEndpoint: endpoint, scope, status } = row
  // Nothing is left of the address 90 days after an uninstall.
  return { memberId, domain, origin: URL.parse(endpoint)?.origin ?? '', endpoint, scope, status }
}
