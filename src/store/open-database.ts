import { resolve } from 'node:path'
import type SqliteDatabase from 'better-sqlite3'
import { Kysely, sql } from 'kysely'
import type { BaseLogger } from 'pino'
import { StoreOpenError, StoreVersionError } from '../errors.ts'
import { publishQuery } from '../diagnostics/measurements.ts'
import { createLocalChanges, type Changes } from './changes.ts'
import type { Database } from './database.ts'
import { installationTables } from './installation-tables.ts'
import { migrate, migrationTable, type TableSet } from './migrations.ts'
import { openExistingSqliteDatabase, openSqliteDatabase, watchFiles } from './sqlite-database.ts'
import { createSqliteDialect } from './sqlite-dialect.ts'
import type { StoreAddress } from './store-address.ts'

export type OpenDatabase = Awaited<ReturnType<typeof openDatabase>>

// The driver of PostgreSQL is loaded only for PostgreSQL.
const postgres = async () => ({
  ...await import('./postgres-database.ts'), ...await import('./postgres-changes.ts')
})

/**
 * Opens a database, creates it where it is a missing file, and brings its core tables up to date. Close both parts.
 * `checkFiles` throws when its files are not those that were opened.
 */
export async function openDatabase (address: StoreAddress, log?: Pick<BaseLogger, 'info' | 'error'>) {
  return await named(address, async () => {
    if (address.kind === 'SQLite') {
      const db = overSqlite(openSqliteDatabase(address.file))
      const opened = await open(db, async () => await withChanges(db, createLocalChanges, log))
      return { ...opened, checkFiles: watchFiles(address.file) }
    }
    const { createPostgresChanges, openPostgresDatabase, postgresConfig, requireUnicode } = await postgres()
    const config = postgresConfig(address.url)
    const onLost = (err: Error) => { log?.error({ err }, 'an idle connection to PostgreSQL was lost') }
    const db = openPostgresDatabase(config, onLost)
    return await open(db, async () => {
      await requireUnicode(db)
      return await withChanges(db, () => createPostgresChanges(config, log), log)
    })
  })
}

async function withChanges (
  db: Kysely<Database>, createChanges: () => Changes | Promise<Changes>, log?: Pick<BaseLogger, 'info'>
) {
  await migrate(db, installationTables, log)
  // kysely does not close a pool that it has never used.
  await db.connection().execute(async () => {})
  return { db, changes: await createChanges(), checkFiles: () => {} }
}

/** Opens a database for a tool, as it is and for long statements; with `read` every write fails. */
export async function openExistingDatabase (
  address: StoreAddress, access: 'read' | 'write'
): Promise<Kysely<Database>> {
  return await named(address, async () => await open(await existing(address, access), async db => {
    if (await hasTables(db, installationTables, address.name)) return db
    throw new StoreVersionError(address.name, 'there is no store in this database')
  }))
}

async function existing (address: StoreAddress, access: 'read' | 'write'): Promise<Kysely<Database>> {
  if (address.kind === 'SQLite') return overSqlite(openExistingSqliteDatabase(address.file, access))
  const { openPatientDatabase, postgresConfig } = await postgres()
  return openPatientDatabase(postgresConfig(address.url), access)
}

const overSqlite = (database: SqliteDatabase.Database) =>
  new Kysely<Database>({ dialect: createSqliteDialect(database), log: publishQuery })

/** Closes the database again if it cannot be used. */
async function open<T> (db: Kysely<Database>, use: (db: Kysely<Database>) => Promise<T>): Promise<T> {
  return await use(db).catch(async error => {
    await db.destroy()
    throw error
  })
}

/** Names of the migrations of a set that have run; none, too, when there is no list of them. */
export async function ranMigrations (db: Kysely<Database>, set: Pick<TableSet, 'name'>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(migrationTable(set))}`.execute(db)
    .catch((error: Error & { code?: string }) => {
      // PostgreSQL's and SQLite's words for a missing table
      if (error.code === '42P01' || error.message.startsWith('no such table')) return { rows: [] }
      throw error
    })
  return rows.map((row) => row.name)
}

/** Whether a database has the tables of a set, in this version. `name` says in errors where the address stands. */
export async function hasTables (db: Kysely<Database>, set: TableSet, name: string): Promise<boolean> {
  const ran = await ranMigrations(db, set)
  if (ran.length === 0) return false
  const names = Object.keys(set.migrations)
  if (ran.some((migration) => !names.includes(migration))) {
    throw new StoreVersionError(name, 'the store was written by a newer version than this one')
  }
  if (ran.length === names.length) return true
  throw new StoreVersionError(
    name, 'the store was written by an older version: start the service of this version on it once, then run this again'
  )
}

/** Says of which address an error is. */
async function named<T> (address: StoreAddress, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof StoreVersionError) throw error
    const { message, code } = error as Error & { code?: string } // nothing else is thrown
    const why = code === undefined || message.startsWith(code) ? message : [code, message].filter(Boolean).join(': ')
    // Often the file was looked for in the wrong folder.
    const where = address.kind === 'SQLite' ? ` (${resolve(address.file)})` : ''
    throw new StoreOpenError(address.name, address.kind, why + where, { cause: error })
  }
}
