import { Kysely, PostgresDialect, SqliteDialect } from 'kysely'
import type { BaseLogger } from 'pino'
import type { Database } from './database.ts'
import { migrate } from './migrations.ts'
import { openPostgresPool, postgresConfig } from './postgres-database.ts'
import { createPostgresUninstalls } from './postgres-uninstalls.ts'
import { openSqliteDatabase } from './sqlite-database.ts'
import { StoreUnreachableError, StoreUrlError } from './store-errors.ts'
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
 * Errors: B24_ERR_STORE_URL, B24_ERR_STORE_UNREACHABLE, or the error of the database.
 */
export async function openDatabase (url: string, log?: Log): Promise<OpenDatabase> {
  if (/^postgres(?:ql)?:/.test(url)) return await openPostgres(url, log)
  const file = /^sqlite:(.+)$/.exec(url)?.[1]
  if (file === undefined) throw new StoreUrlError('must be sqlite:<file> or postgres://…')
  return await openSqlite(file, log)
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
    return { db, uninstalls: await createPostgresUninstalls({ config, db, log }) }
  } catch (error) {
    const { message, code } = error as Error & { code?: string } // nothing else is thrown
    if (code === undefined) throw error
    throw new StoreUnreachableError(message || code, { cause: error })
  }
}

function report (migrations: string[], log: Log | undefined): void {
  if (migrations.length > 0) log?.info({ migrations }, 'the tables of the store were brought up to date')
}
