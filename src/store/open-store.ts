import type { BaseLogger } from 'pino'
import type { KeyRing } from '../crypto/keys.ts'
import type { ApprovalStore } from '../../routes/screens/approval/approval-store.ts'
import { createCipher } from '../crypto/encryption.ts'
import type { InstallationStore } from './installation-store.ts'
import { openDatabase, type OpenDatabase } from './open-database.ts'
import type { VisitStore } from '../../plugins/links/visits/visit-store.ts'
import { createSqlApprovalStore } from '../../routes/screens/approval/sql-approval-store.ts'
import { createSqlVisitStore } from '../../plugins/links/visits/sql-visit-store.ts'
import { createSqlStore } from './sql-store.ts'
import { readStoreAddress } from './store-address.ts'

/** All that the service keeps. */
export interface Store extends InstallationStore {
  visits: VisitStore
  approvals: ApprovalStore
  /**
   * Calls the listener with the member id of every portal that is installed, updated or uninstalled, within a second, by
   * whatever instance on the same database (on SQLite: by this one). Perhaps more than once, or when less has changed.
   * Out: a function that ends it.
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
 * @returns the store; close it when the service ends
 * @throws B24_ERR_STORE_URL for an address of another kind, B24_ERR_STORE_OPEN for a database that cannot be used
 */
export async function openStore ({ url, keyRing, log }: OpenStoreOptions): Promise<Store> {
  return createStore(await openDatabase(readStoreAddress(url), log), keyRing, log)
}

/** The store over a database whose tables are up to date. `close` closes the database. */
export function createStore ({ db, uninstalls }: OpenDatabase, keyRing: KeyRing, log?: OpenStoreOptions['log']): Store {
  return {
    ...createSqlStore({ db, cipher: createCipher(keyRing.derive('store')), announced: uninstalls.announced, log }),
    visits: createSqlVisitStore(db),
    approvals: createSqlApprovalStore(db),
    onPortalChanged: uninstalls.listen,
    async close () {
      await uninstalls.close()
      await db.destroy()
    }
  }
}
