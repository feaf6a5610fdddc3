import type { Kysely } from 'kysely'
import type { BaseLogger } from 'pino'
import { createCipher } from '../crypto/encryption.ts'
import type { KeyRing } from '../crypto/keys.ts'
import type { Database } from './database.ts'
import type { InstallationStore } from './installation-store.ts'
import { observable } from './observable.ts'
import { openDatabase, type OpenDatabase } from './open-database.ts'
import { createSqlStore } from './sql-store.ts'
import { readStoreAddress } from './store-address.ts'

/** All that the service keeps. */
export interface Store extends InstallationStore {
  /** The database below it, for plugins with tables of their own */
  database: Kysely<Database>
  /**
   * Calls the listener with the member id of every portal that is installed, updated or uninstalled, within a second,
   * by any instance on the same database (on SQLite: by this one). Perhaps more than once, or when less has changed.
   * Returns a function that stops it.
   */
  onPortalChanged (listener: (memberId: string) => void): () => void
}

export interface OpenStoreOptions {
  /** `sqlite:<file>`, relative to the working directory; `sqlite::memory:`; or `postgres://…` */
  url: string
  keyRing: KeyRing
  log?: Pick<BaseLogger, 'info' | 'error'>
}

/**
 * Opens the store and brings its tables up to date.
 *
 * @throws B24_ERR_STORE_URL for an address of another kind, B24_ERR_STORE_OPEN for a database that cannot be used
 */
export const openStore = async ({ url, keyRing, log }: OpenStoreOptions): Promise<Store> =>
  createStore(await openDatabase(readStoreAddress(url), log), keyRing, log)

/** The store over an open database. `close` closes the database. */
export function createStore (
  { db, changes, checkFiles }: OpenDatabase, keyRing: KeyRing, log?: OpenStoreOptions['log']
): Store {
  const cipher = createCipher(keyRing.derive('store'))
  const { systemUsers, ping, ...installations } = createSqlStore({ db, cipher, notifying: changes.notifying, log })
  return {
    ...observable({
      ...installations,
      async ping () {
        checkFiles()
        await ping()
      }
    }),
    systemUsers: observable(systemUsers, 'systemUsers.'),
    database: db,
    onPortalChanged: changes.listen,
    async close () {
      await changes.close()
      await db.destroy()
    }
  }
}
