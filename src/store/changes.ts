import { EventEmitter } from 'node:events'
import type { Kysely } from 'kysely'
import type { Database } from './database.ts'

/** Announces installations that began, changed or ended, to everybody who has opened the same database. */
export interface Changes {
  /** Makes a change and announces it, unless it fails. */
  announced: <T>(
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
