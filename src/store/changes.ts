import { EventEmitter } from 'node:events'
import type { Kysely } from 'kysely'
import type { Database } from './database.ts'

/** News of installations that began, changed or ended, between all who have opened one database. */
export interface Uninstalls {
  /** Makes a change and tells of it. What cannot be made is not told. Out: what the change gives. */
  announced: <T>(db: Kysely<Database>, memberId: string, change: (connection: Kysely<Database>) => Promise<T>) => Promise<T>
  /** Out: a function that ends it. */
  listen: (listener: (memberId: string) => void) => () => void
  close: () => Promise<void>
}

/** Within one process, for a database that cannot notify others: who opened the store hears of what it changes itself. */
export function createLocalUninstalls (): Uninstalls & { notify: (memberId: string) => void } {
  const emitter = new EventEmitter().setMaxListeners(0)
  const notify = (memberId: string) => { emitter.emit('changed', memberId) }
  return {
    notify,
    async announced (db, memberId, change) {
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
