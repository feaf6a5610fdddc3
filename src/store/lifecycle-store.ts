/** What happened to an installation, for the handlers of `onInstalled`, `onUpdated` and `onUninstalled`. */
export type LifecycleEvent = 'installed' | 'updated' | 'uninstalled'

/** An event whose handlers one process may run. Times are milliseconds since the epoch. */
export interface TakenEvent {
  event: LifecycleEvent
  /** When it happened: tells it from a later one */
  at: number
  /** How long the right lasts */
  until: number
}

/**
 * The events of installations whose handlers have not run yet. `install` and `markUninstalled` write them, each in the
 * statement that changes the installation, so none is lost. A later event takes the place of an earlier one.
 */
export interface LifecycleStore {
  /**
   * Takes the right to run the handlers of a portal's event until `until`, unless somebody else has it, or it is not
   * due, or the installation has not been bound yet. Out: the event, if the right was taken.
   */
  takeEvent (memberId: string, until: number, now: number): Promise<TakenEvent | undefined>

  /**
   * Gives the right back, unless it was lost. Forgets the event, or with `retryAt` makes it due then; one that came
   * meanwhile stays as it is.
   */
  endEvent (memberId: string, taken: TakenEvent, retryAt?: number): Promise<void>

  /** The member ids of portals whose event could be taken now, the longest due first. */
  dueEvents (now: number, limit: number): Promise<string[]>
}
