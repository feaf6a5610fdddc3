/** What happened to an installation, for the handlers of `onInstalled`, `onUpdated` and `onUninstalled`. */
export type InstallationChange = 'installed' | 'updated' | 'uninstalled'

/** A change whose handlers one process may run. Times are milliseconds since 1970. */
export interface TakenChange {
  change: InstallationChange
  /** When it happened: distinguishes it from a later one */
  at: number
  /** How long the right lasts */
  until: number
}

/**
 * The changes of installations whose handlers have not run yet. `install` and `markUninstalled` write them, each in the
 * statement that changes the installation, so none is lost. A later change takes the place of an earlier one.
 */
export interface ChangeStore {
  /**
   * Takes the right to run the handlers of a portal's change until `until`, unless somebody else has it, or it is not
   * due, or the installation has not been bound yet. Returns the change, if the right was taken.
   */
  takeChange (memberId: string, until: number, now: number): Promise<TakenChange | undefined>

  /**
   * Gives the right back, unless it was lost. Forgets the change, or with `retryAt` makes it due then; one that came
   * meanwhile stays as it is.
   */
  endChange (memberId: string, taken: TakenChange, retryAt?: number): Promise<void>

  /** The member ids of portals whose change could be taken now, the longest due first. */
  dueChanges (now: number, limit: number): Promise<string[]>
}
