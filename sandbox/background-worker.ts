import type { Portal } from './portal.ts'
import { sendMessage } from './send-message.ts'

/** Milliseconds that the page of a worker may take to load, and how often a day it may take longer. */
const MAX_LOAD_DELAY = 5000
const MAX_OVERTIMES = 10

/**
 * Watches how long handlers of PAGE_BACKGROUND_WORKER take to load. A portal has them in its every page; here one opens
 * them from the list of placements.
 */
export class BackgroundWorkers {
  #day = ''
  /** By handler. The portal counts for one day. */
  readonly #overtimes = new Map<string, number>()

  /**
   * Takes note of one load: the address that was called, and milliseconds. A handler that is too slow too often is
   * removed, and its `errorHandlerUrl` is told so.
   */
  async loaded (portal: Portal, url: string, ms: number): Promise<void> {
    const row = portal.placements.find(({ placement, handler }) =>
      placement === 'PAGE_BACKGROUND_WORKER' && url.startsWith(handler))
    if (!row || ms <= MAX_LOAD_DELAY || this.#count(row.handler) <= MAX_OVERTIMES) return
    portal.placements = portal.placements.filter(other => other !== row)
    const errorHandler = String(row.options.errorHandlerUrl)
    // placement.bind takes any text for the address.
    if (!URL.canParse(errorHandler)) return
    await sendMessage(portal.state.wire, {
      name: row.placement,
      memberId: portal.memberId,
      method: 'POST',
      sent: {
        url: errorHandler,
        body: {
          error: 'ERROR_PLACEMENT_LOADING_OVERTIME',
          error_description: 'The application took too long to load too often. Its handler was removed.'
        }
      }
    })
  }

  #count (handler: string): number {
    const today = new Date().toDateString()
    if (today !== this.#day) this.#overtimes.clear()
    this.#day = today
    const count = (this.#overtimes.get(handler) ?? 0) + 1
    this.#overtimes.set(handler, count)
    return count
  }
}
