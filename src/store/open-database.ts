import { resolve } from 'node:path'
import { CompiledQuery, Kysely, PostgresDialect, sql, SqliteDialect, type Dialect } from 'kysely'
import type pg from 'pg'
import type { BaseLogger } from 'pino'
import type { Database } from './database.ts'
import { migrate, migrationNames } from './migrations.ts'
import { openPostgresPool } from './postgres-database.ts'
import { createPostgresUninstalls } from './postgres-changes.ts'
import { openExistingSqliteDatabase, openSqliteDatabase } from './sqlite-database.ts'
import type { StoreAddress } from './store-address.ts'
import { StoreOpenError, StoreVersionError } from '../errors.ts'
import { createLocalUninstalls, type Uninstalls } from './changes.ts'

type Log = Pick<BaseLogger, 'info' | 'error'>
type Access = 'read' | 'write'
// For what no call waits for.
const patience = { statement_timeout: 0, query_timeout: 0 }

/** A database whose tables are up to date. */
export interface OpenDatabase {
  db: Kysely<Database>
  uninstalls: Uninstalls
}

/**
 * Opens a database, makes it where it is a file that is not there, and brings its tables up to date.
 * Close both parts of what comes out. Errors: B24_ERR_STORE_OPEN.
 */
export async function openDatabase (address: StoreAddress, log?: Log): Promise<OpenDatabase> {
  return await named(address, () => address.kind === 'SQLite' ? openSqlite(address.file, log) : openPostgres(address.config, log))
}

/**
 * Opens a database as it is, for a tool: nothing is made, no table is changed, and a statement may take its time. With `read`
 * whoever would write gets an error.
 * Errors: B24_ERR_STORE_OPEN, or B24_ERR_STORE_VERSION when it does not hold a store of this version.
 */
export async function openExistingDatabase (address: StoreAddress, access: Access): Promise<Kysely<Database>> {
  return await named(address, async () => {
    const db = new Kysely<Database>({ dialect: existing(address, access) })
    try {
      await assertVersion(address, db)
      return db
    } catch (error) {
      await db.destroy()
      throw error
    }
  })
}

/** Says of which address an error is. */
async function named<T> (address: StoreAddress, open: () => Promise<T>): Promise<T> {
  try {
    return await open()
  } catch (error) {
    if (error instanceof StoreVersionError) throw error
    const { message, code } = error as Error & { code?: string } // nothing else is thrown
    const why = code === undefined || message.startsWith(code) ? message : [code, message].filter(Boolean).join(': ')
    // Relative to which folder a file was looked for is what is often wrong.
    throw new StoreOpenError(address.name, address.kind, address.kind === 'SQLite' ? `${why} (${resolve(address.file)})` : why, { cause: error })
  }
}

function existing (address: StoreAddress, access: Access): Dialect {
  if (address.kind === 'SQLite') return new SqliteDialect({ database: openExistingSqliteDatabase(address.file, access) })
  return new PostgresDialect({
    pool: openPostgresPool({ ...address.config, ...patience }),
    // By statements: options of the address would have the last word.
    async onCreateConnection (connection) {
      await connection.executeQuery(CompiledQuery.raw(`set default_transaction_read_only = ${access === 'read' ? 'on' : 'off'}`))
      await connection.executeQuery(CompiledQuery.raw('set statement_timeout = 0'))
    }
  })
}

async function assertVersion ({ name }: StoreAddress, db: Kysely<Database>): Promise<void> {
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)
    .catch((error: Error & { code?: string }) => {
      // There is no such table, say PostgreSQL and SQLite.
      if (error.code === '42P01' || error.message.startsWith('no such table')) throw new StoreVersionError(name, 'there is no store in this database')
      throw error
    })
  const names = rows.map((row) => row.name)
  if (names.some((migration) => !migrationNames.includes(migration))) throw new StoreVersionError(name, 'the store was written by a newer version than this one')
  if (names.length < migrationNames.length) throw new StoreVersionError(name, 'the store was written by an older version: start the service of this version on it once, then run this again')
}

async function openSqlite (file: string, log: Log | undefined): Promise<OpenDatabase> {
  const database = openSqliteDatabase(file)
  const db = new Kysely<Database>({ dialect: new SqliteDialect({ database }) })
  try {
    // kysely takes no lock in SQLite. Of several processes at one new file the others wait here until the tables are there.
    database.exec('begin immediate')
    report(await migrate(db), log)
    database.exec('commit')
  } catch (error) {
    await db.destroy()
    throw error
  }
  return { db, uninstalls: createLocalUninstalls() }
}

async function openPostgres (config: pg.ClientConfig, log: Log | undefined): Promise<OpenDatabase> {
  const onLost = (err: Error) => { log?.error({ err }, 'an idle connection to PostgreSQL was lost') }
  // kysely takes an advisory lock. Waiting for it, and what a migration does to many rows, may take longer than a statement.
  const patient = openPostgresPool({ ...config, ...patience, max: 1 }, onLost)
  const migrations = new Kysely<Database>({ dialect: new PostgresDialect({ pool: patient }) })
  await migrate(migrations).then((names) => report(names, log)).finally(() => migrations.destroy())
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool: openPostgresPool(config, onLost) }) })
  try {
    // A pool that kysely has never used it does not close.
    await db.connection().execute(async () => {})
    return { db, uninstalls: await createPostgresUninstalls({ config, log }) }
  } catch (error) {
    await db.destroy()
    throw error
  }
}

function report (migrations: string[], log: Log | undefined): void {
  if (migrations.length > 0) log?.info({ migrations }, 'the tables of the store were brought up to date')
}
