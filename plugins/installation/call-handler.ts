import type { FastifyBaseLogger } from 'fastify'
import { memberHash } from '../../src/log/logger.ts'
import { withDeadline } from '../../src/queues/deadline.ts'
import type { InstallationChange } from '../../src/store/change-store.ts'
import type { Installation } from '../../src/store/installation-store.ts'
import type { PlacementContext } from '../placement-dispatch/declaration.ts'
import type { PortalRest } from '../portal-rest/rest-interface.ts'

interface LifecycleContext {
  portal: PlacementContext['portal']
  /** Aborts when the handler has used up its time, the portal has come back after an uninstall, or the service ends */
  signal: AbortSignal
}

/** What a handler of `onUninstalled` gets. */
export interface UninstalledContext extends LifecycleContext {
  /** Milliseconds since 1970: what was written later belongs to a new installation, and has to stay */
  uninstalledAt: number
  /**
   * CLEAN of the event: whether settings and data go, too. If not, the administrator expects to find them again.
   * Source: Bitrix24 REST docs, settings/app-uninstallation.md.
   */
  clean: boolean
}

/** What a handler of `onInstalled` or `onUpdated` gets. */
export interface InstalledContext extends LifecycleContext {
  /** The portal's REST interface, as the administrator who has installed the application */
  rest: PortalRest
}

export type LifecycleHandler = (context: InstalledContext & UninstalledContext) => Promise<unknown>

/** A handler, and the file of the plugin that added it. */
export interface Entry { handler: LifecycleHandler, source: string }

interface HandlerCall {
  change: InstallationChange
  row: Installation
  uninstalledAt: number
  /** Milliseconds that it may take */
  timeout: number
  /** Milliseconds until it is called again, if it fails */
  retryInMs?: number
  /** Aborts when nobody needs the handler any more */
  overtaken?: AbortSignal
}

interface CallHandlerOptions {
  restOf: (memberId: string) => PortalRest
  /** Aborts when the service ends */
  closing: AbortSignal
  log: Pick<FastifyBaseLogger, 'error'>
}

/** Calls handlers, and tells whether they have succeeded. What fails is logged. */
export function createCallHandler ({ restOf, closing, log }: CallHandlerOptions) {
  return async ({ handler, source }: Entry, call: HandlerCall): Promise<boolean> => {
    const { change, row, uninstalledAt, timeout, retryInMs, overtaken = new AbortController().signal } = call
    const lateness = () => new Error(`the handler took longer than ${timeout} ms`)
    try {
      await withDeadline(timeout, lateness, async over => {
        const signal = AbortSignal.any([over, overtaken, closing])
        const context = { portal: portalOf(row), signal, uninstalledAt, clean: row.uninstallClean }
        const ended = handler({ ...context, rest: restOf(row.memberId) })
        // One that does not heed its signal may go on, but nothing waits for it.
        await Promise.race([ended, rejectionBy(overtaken)])
      })
      return true
    } catch (err) {
      if (overtaken.aborted) return false
      log.error({ err, change, handler: source, member: memberHash(row.memberId), retryInMs },
        'a lifecycle handler failed')
      return false
    }
  }
}

/** Never resolves. */
const rejectionBy = (signal: AbortSignal) => new Promise<never>((_resolve, reject) => {
  signal.addEventListener('abort', () => reject(signal.reason))
})

function portalOf (row: Installation): LifecycleContext['portal'] {
  const { memberId, domain, clientEndpoint: endpoint, scope, status } = row
  // Nothing is left of the address 90 days after an uninstall.
  return { memberId, domain, origin: URL.parse(endpoint)?.origin ?? '', endpoint, scope, status }
}
