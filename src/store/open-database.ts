import { resolve } from 'node:path'
import { CompiledQuery, Kysely, PostgresDialect, sql, SqliteDialect, type Dialect } from 'kysely'
import type pg from 'pg'
import type { BaseLogger } from 'pino'
import { StoreOpenError, StoreVersionError } from '../errors.ts'
import { createLocalChanges, type Changes } from './changes.ts'
import type { Database } from './database.ts'
import { installationTables, migrate, migrationTable, type TableSet } from './migrations.ts'
import { createPostgresChanges } from './postgres-changes.ts'
import { openPostgresDatabase, openPostgresPool, patience } from './postgres-database.ts'
import { openExistingSqliteDatabase, openSqliteDatabase } from './sqlite-database.ts'
import type { StoreAddress } from './store-address.ts'

type Log = Pick<BaseLogger, 'info' | 'error'>
type Access = 'read' | 'write'

/** A database whose core tables are up to date. Close both parts. */
export interface OpenDatabase {
  db: Kysely<Database>
  changes: Changes
}

/**
 * Opens a database, creates it where it is a file that does not exist, and brings its core tables up to date.
 *
 * @throws B24_ERR_STORE_OPEN
 */
export async function openDatabase (address: StoreAddress, log?: Log): Promise<OpenDatabase> {
  return await named(address, () =>
    address.kind === 'SQLite' ? openSqlite(address.file, log) : openPostgres(address.config, log))
}

/**
 * Opens a database as it is, for a tool: creates and changes nothing, and lets a statement take its time. With `read`
 * every write fails.
 *
 * @throws B24_ERR_STORE_OPEN, or B24_ERR_STORE_VERSION when it does not hold a store of this version
 */
export async function openExistingDatabase (address: StoreAddress, access: Access): Promise<Kysely<Database>> {
  return await named(address, async () => {
    const db = new Kysely<Database>({ dialect: existing(address, access) })
    try {
      if (await hasTables(db, installationTables, address.name)) return db
      throw new StoreVersionError(address.name, 'there is no store in this database')
    } catch (error) {
      await db.destroy()
      throw error
    }
  })
}

/**
 * Whether a database has the tables of a set. In: where the address stands, for the error.
 *
 * @throws B24_ERR_STORE_VERSION when they are of another version, or the database's error
 */
export async function hasTables (db: Kysely<Database>, set: TableSet, name: string): Promise<boolean> {
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(migrationTable(set))}`.execute(db)
    .catch((error: Error & { code?: string }) => {
      // PostgreSQL's and SQLite's words for a missing table
      if (error.code === '42P01' || error.message.startsWith('no such table')) return { rows: [] }
      throw error
    })
  if (rows.length === 0) return false
  const names = Object.keys(set.migrations)
  if (rows.some((row) => !names.includes(row.name))) {
    throw new StoreVersionError(name, 'the store was written by a newer version than this one')
  }
  if (rows.length === names.length) return true
  throw new StoreVersionError(
    name, 'the store was written by an older version: start the service of this version on it once, then run this again'
  )
}

/** Says of which address an error is. */
async function named<T> (address: StoreAddress, open: () => Promise<T>): Promise<T> {
  try {
    return await open()
  } catch (error) {
    if (error instanceof StoreVersionError) throw error
    const { message, code } = error as Error & { code?: string } // nothing else is thrown
    const why = code === undefined || message.startsWith(code) ? message : [code, message].filter(Boolean).join(': ')
    // Often the file was looked for in the wrong folder.
    const where = address.kind === 'SQLite' ? ` (${resolve(address.file)})` : ''
    throw new StoreOpenError(address.name, address.kind, why + where, { cause: error })
  }
}

function existing (address: StoreAddress, access: Access): Dialect {
  if (address.kind === 'SQLite') {
    return new SqliteDialect({ database: openExistingSqliteDatabase(address.file, access) })
  }
  return new PostgresDialect({
    pool: openPostgresPool({ ...address.config, ...patience }),
    // By statements: options of the address would have the last word.
    async onCreateConnection (connection) {
      const readOnly = access === 'read' ? 'on' : 'off'
      await connection.executeQuery(CompiledQuery.raw(`set default_transaction_read_only = ${readOnly}`))
      await connection.executeQuery(CompiledQuery.raw('set statement_timeout = 0'))
    }
  })
}

async function openSqlite (file: string, log: Log | undefined): Promise<OpenDatabase> {
  const db = new Kysely<Database>({ dialect: new SqliteDialect({ database: openSqliteDatabase(file) }) })
  try {
    await migrate(db, installationTables, log)
  } catch (error) {
    await db.destroy()
    throw error
  }
  return { db, changes: createLocalChanges() }
}

async function openPostgres (config: pg.ClientConfig, log: Log | undefined): Promise<OpenDatabase> {
  const onLost = (err: Error) => { log?.error({ err }, 'an idle connection to PostgreSQL was lost') }
  const db = openPostgresDatabase(config, onLost)
  try {
    await migrate(db, installationTables, log)
    // kysely does not close a pool that it has never used.
    await db.connection().execute(async () => {})
    return { db, changes: await createPostgresChanges({ config, log }) }
  } catch (error) {
    await db.destroy()
    throw error
  }
}
