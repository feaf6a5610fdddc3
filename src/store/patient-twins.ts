import type { DialectAdapter, Kysely } from 'kysely'
import type { Database } from './database.ts'

// By adapter, which `withTables` keeps.
const twins = new WeakMap<DialectAdapter, () => Kysely<Database>>()

/** Says how to open the same database for statements that may take their time. */
export const addPatientTwin = (db: Kysely<Database>, open: () => Kysely<Database>): void => {
  twins.set(db.getExecutor().adapter, open)
}

/** Opens the same database for statements that may take their time; undefined where nobody said how. */
export const openPatientTwin = (db: Kysely<Database>): Kysely<Database> | undefined =>
  twins.get(db.getExecutor().adapter)?.()
