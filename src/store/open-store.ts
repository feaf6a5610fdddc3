import createError from '@fastify/error'
import { Kysely, SqliteDialect, type Dialect } from 'kysely'
import type { BaseLogger } from 'pino'
import type { KeyRing } from '../keys.ts'
import type { ApprovalStore } from './approval-store.ts'
import type { Database } from './database.ts'
import { createCipher } from './encryption.ts'
import type { InstallationStore } from './installation-store.ts'
import { migrate } from './migrations.ts'
import type { OpeningStore } from './opening-store.ts'
import { createSqlApprovalStore } from './sql-approval-store.ts'
import { createSqlOpeningStore } from './sql-opening-store.ts'
import { createSqlStore } from './sql-store.ts'
import { openSqliteDatabase } from './sqlite-database.ts'

/** Thrown for an address of a database that this version cannot open. The message never holds the address. */
export const StoreUrlError = createError<'B24_ERR_STORE_URL', [why: string]>('B24_ERR_STORE_URL', 'DATABASE_URL: %s')

/** All that the service keeps. */
export interface Store extends InstallationStore {
  openings: OpeningStore
  approvals: ApprovalStore
}

export interface OpenStoreOptions {
  /** `sqlite:<file>`, relative to the working directory, or `sqlite::memory:` */
  url: string
  keyRing: KeyRing
  log?: Pick<BaseLogger, 'info' | 'error'>
}

/**
 * Opens the store and brings its tables up to date.
 *
 * @returns the store; close it when the service ends
 * @throws B24_ERR_STORE_URL for an address of another kind; else the error of the database
 */
export async function openStore ({ url, keyRing, log }: OpenStoreOptions): Promise<Store> {
  const cipher = createCipher(keyRing.derive('store'))
  const db = new Kysely<Database>({ dialect: openDialect(url) })
  try {
    const migrations = await migrate(db)
    if (migrations.length > 0) log?.info({ migrations }, 'the tables of the store were brought up to date')
  } catch (error) {
    await db.destroy()
    throw error
  }
  return { ...createSqlStore(db, cipher, log), openings: createSqlOpeningStore(db), approvals: createSqlApprovalStore(db) }
}

// The one place that knows the kinds of databases: PostgreSQL needs a dialect here, whose int8 is read as a number.
function openDialect (url: string): Dialect {
  if (/^postgres(?:ql)?:/.test(url)) {
    throw new StoreUrlError('PostgreSQL is not supported yet; use sqlite:<file>')
  }
  const file = /^sqlite:(.+)$/.exec(url)?.[1]
  if (file === undefined) throw new StoreUrlError('must be sqlite:<file>')
  return new SqliteDialect({ database: openSqliteDatabase(file) })
}
