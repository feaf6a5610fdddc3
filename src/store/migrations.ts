import { sql, type Kysely } from 'kysely'
import { Migrator, type Migration } from 'kysely/migration'
import type { BaseLogger } from 'pino'
import { StoreVersionError } from '../errors.ts'
import type { Database } from './database.ts'
import { openPatientTwin } from './patient-twins.ts'

/** Tables that belong to one feature, with the migrations that make them. */
export interface TableSet {
  /** The migrations that have run are listed in the table `<name>_migration` */
  name: string
  /** Statements that SQLite and PostgreSQL both take. A released migration is never changed: add another */
  migrations: Readonly<Record<string, Migration>>
  /** What has to be known to copy a table */
  tables: Readonly<Record<string, {
    /** Columns of the primary key */
    key: readonly string[]
    /** Columns that only ever grow while a row is in use: they tell which of two rows is older */
    grows: readonly string[]
  }>>
}

export const migrationTable = ({ name }: Pick<TableSet, 'name'>): string => `${name}_migration`

/** Brings the tables of a set up to date, and returns the names of the migrations that had to run. */
export async function migrate (
  db: Kysely<Database>, set: TableSet, log?: Pick<BaseLogger, 'info'>
): Promise<string[]> {
  const names = await alone(db, async (connection) => {
    const migrator = new Migrator({
      db: connection,
      provider: { getMigrations: async () => ({ ...set.migrations }) },
      migrationTableName: migrationTable(set)
    })
    const { error, results = [] } = await migrator.migrateToLatest()
    const failed = results.find(({ status }) => status === 'Error')
    // In an application, a file was removed.
    if (set.name !== 'application' && /^corrupted migrations: previously/.test(String(Object(error).message))) {
      throw new StoreVersionError(migrationTable(set), 'the store was written by a newer version than this one')
    }
    // The database throws errors only.
    if (error !== undefined) throw Object.assign(error as Error, failed && { migration: failed.migrationName })
    return results.map((result) => result.migrationName)
  })
  if (names.length > 0) log?.info({ migrations: names }, 'the tables of the store were brought up to date')
  return names
}

/** Lets one process at a time migrate, however long that takes it. */
async function alone<T> (db: Kysely<Database>, run: (db: Kysely<Database>) => Promise<T>): Promise<T> {
  // To wait for another process, and to migrate many rows, may take longer than a statement of a call.
  const patient = openPatientTwin(db)
  if (patient !== undefined) return await alone(patient, run).finally(() => patient.destroy())
  // In PostgreSQL kysely takes an advisory lock, and a transaction.
  if (db.getExecutor().adapter.supportsTransactionalDdl) return await run(db)
  // In SQLite it takes neither. Other processes that start on the same new file wait here until the tables exist.
  return await db.connection().execute(async (connection) => {
    await sql`begin immediate`.execute(connection)
    try {
      const outcome = await run(connection)
      await sql`commit`.execute(connection)
      return outcome
    } catch (error) {
      await sql`rollback`.execute(connection)
      throw error
    }
  })
}
