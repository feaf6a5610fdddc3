import { EventEmitter } from 'node:events'
import type { Kysely } from 'kysely'
import type { Database } from './database.ts'

/** Notifies all who have opened the same database of installations that began, changed or ended. */
export interface Changes {
  /** Makes a change, and notifies of it unless it fails. */
  notifying: <T>(
    db: Kysely<Database>, memberId: string, change: (connection: Kysely<Database>) => Promise<T>
  ) => Promise<T>
  /** @returns a function that stops it */
  listen: (listener: (memberId: string) => void) => () => void
  close: () => Promise<void>
}

/** Within one process, for a database that cannot notify others: a store hears only of its own changes. */
export function createLocalChanges (): Changes & { notify: (memberId: string) => void } {
  const emitter = new EventEmitter().setMaxListeners(0)
  const notify = (memberId: string) => { emitter.emit('changed', memberId) }
  return {
    notify,
    async notifying (db, memberId, change) {
      const outcome = await change(db)
      notify(memberId)
      return outcome
    },
    listen (listener) {
      emitter.on('changed', listener)
      return () => { emitter.off('changed', listener) }
    },
    close: async () => {}
  }
}
