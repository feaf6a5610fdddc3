import { EventEmitter } from 'node:events'
import type { Transaction } from 'kysely'
import type { Database } from './database.ts'

/** News of uninstalls, between all who have opened one database. */
export interface Uninstalls {
  /** Part of the transaction that uninstalls. */
  announce: (transaction: Transaction<Database>, memberId: string) => Promise<void>
  /** Out: a function that ends it. */
  listen: (listener: (memberId: string) => void) => () => void
  close: () => Promise<void>
}

/** Within one process, for a database that cannot tell others: who opened the store hears of what it uninstalls itself. */
export function createLocalUninstalls (): Uninstalls & { tell: (memberId: string) => void } {
  const emitter = new EventEmitter().setMaxListeners(0)
  const tell = (memberId: string) => { emitter.emit('uninstalled', memberId) }
  return {
    tell,
    announce: async (_, memberId) => tell(memberId),
    listen (listener) {
      emitter.on('uninstalled', listener)
      return () => { emitter.off('uninstalled', listener) }
    },
    close: async () => {}
  }
}
