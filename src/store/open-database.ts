import SqliteDatabase from 'better-sqlite3'
import { Kysely, PostgresDialect, sql, SqliteDialect } from 'kysely'
import type { BaseLogger } from 'pino'
import type { Database } from './database.ts'
import { migrate, migrationNames } from './migrations.ts'
import { openPostgresPool, postgresConfig } from './postgres-database.ts'
import { createPostgresUninstalls } from './postgres-uninstalls.ts'
import { openSqliteDatabase } from './sqlite-database.ts'
import { StoreOpenError, StoreUrlError, StoreVersionError } from './store-errors.ts'
import { createLocalUninstalls, type Uninstalls } from './uninstalls.ts'

type Log = Pick<BaseLogger, 'info' | 'error'>

/** A database whose tables are up to date. */
export interface OpenDatabase {
  db: Kysely<Database>
  uninstalls: Uninstalls
}

/**
 * The one place that knows the kinds of databases.
 * In: `sqlite:<file>`, `sqlite::memory:` or `postgres://…`. Close both parts of what comes out.
 * Errors: B24_ERR_STORE_URL, B24_ERR_STORE_OPEN, or the error of the database.
 */
export async function openDatabase (url: string, log?: Log): Promise<OpenDatabase> {
  if (/^postgres(?:ql)?:/.test(url)) return await openPostgres(url, log)
  const file = /^sqlite:(.+)$/.exec(url)?.[1]
  if (file === undefined) throw new StoreUrlError('must be sqlite:<file> or postgres://…')
  return await openSqlite(file, log)
}

/**
 * Opens a database to read it, and nothing else: whoever would write through this gets an error.
 * In: as above, but a file that is there. Errors: B24_ERR_STORE_URL, B24_ERR_STORE_VERSION, or the error of the database.
 */
export async function openDatabaseToRead (url: string): Promise<Kysely<Database>> {
  const file = /^sqlite:(.+)$/.exec(url)?.[1]
  const dialect = file === undefined
    ? new PostgresDialect({ pool: openPostgresPool({ ...postgresConfig(url), options: '-c default_transaction_read_only=on' }) })
    : new SqliteDialect({ database: new SqliteDatabase(file, { readonly: true, fileMustExist: true }) })
  const db = new Kysely<Database>({ dialect })
  try {
    const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)
    if (rows.map(({ name }) => name).join() !== migrationNames.join()) throw new StoreVersionError()
    return db
  } catch (error) {
    await db.destroy()
    throw error
  }
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

async function openPostgres (url: string, log: Log | undefined): Promise<OpenDatabase> {
  const config = postgresConfig(url)
  const onLost = (err: Error) => { log?.error({ err }, 'an idle connection to PostgreSQL was lost') }
  try {
    // kysely takes an advisory lock. Waiting for it, and what a migration does to many rows, may take longer than a statement.
    const patient = openPostgresPool({ ...config, max: 1, statement_timeout: 0, query_timeout: 0 }, onLost)
    const migrations = new Kysely<Database>({ dialect: new PostgresDialect({ pool: patient }) })
    await migrate(migrations).then((names) => report(names, log)).finally(() => migrations.destroy())
    const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool: openPostgresPool(config, onLost) }) })
    // A pool that kysely has never used it does not close.
    await db.connection().execute(async () => {})
    return { db, uninstalls: await createPostgresUninstalls({ config, log }) }
  } catch (error) {
    const { message, code } = error as Error & { code?: string } // nothing else is thrown
    throw new StoreOpenError([code, message].filter(Boolean).join(': '), { cause: error })
  }
}

function report (migrations: string[], log: Log | undefined): void {
  if (migrations.length > 0) log?.info({ migrations }, 'the tables of the store were brought up to date')
}
