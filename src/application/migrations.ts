import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { BaseLogger } from 'pino'
import { MigrationError } from '../errors.ts'
import type { Database } from '../store/database.ts'
import { migrate, type TableSet } from '../store/migrations.ts'
import { importFile, messageOf, runFile } from './declarations.ts'

/** The files of migrations in a folder, by the names under which they are listed once they have run. */
function migrationFiles (folder: string): Map<string, string> {
  const files = readdirSync(folder).filter(file => /(?<!\.d)\.[cm]?[jt]s$/.test(file)).sort()
  return new Map(files.map(file => [file.replace(/\.\w+$/, ''), join(folder, file)]))
}

/**
 * The migrations in a folder. Those that have run are listed in the table `application_migration`.
 *
 * @param folder absolute path; each file exports `up(db)`, a Kysely migration
 * @throws {MigrationError} which names the file
 */
export async function applicationTables (folder: string): Promise<TableSet> {
  const migrations: Record<string, Migration> = {}
  for (const [name, file] of migrationFiles(folder)) migrations[name] = await importMigration(file)
  return { name: 'application', migrations, tables: {} }
}

/**
 * Makes the tables of an application: runs the migrations in a folder that have not run yet, in order of their names,
 * all of them or none.
 *
 * @param folder as for `applicationTables`
 * @throws {MigrationError} which names the file
 */
export async function migrateApplication (
  db: Kysely<Database>, folder: string, log?: Pick<BaseLogger, 'info'>
): Promise<void> {
  const tables = await applicationTables(folder)
  try {
    await migrate(db, tables, log)
  } catch (error) {
    const { migration = '', message } = error as Error & { migration?: string } // the database throws errors only
    const file = migrationFiles(folder).get(migration) ?? folder
    throw new MigrationError(file, message, { cause: error })
  }
}

async function importMigration (file: string): Promise<Migration> {
  const imported = importFile(file) as Promise<Partial<Migration>>
  const exported = await imported
    .catch((cause: unknown) => { throw new MigrationError(file, messageOf(cause), { cause }) })
  if (typeof exported.up !== 'function') throw new MigrationError(file, 'exports no function up(db)')
  const { up, ...rest } = exported
  // Kysely takes a throw of undefined for none.
  const failed = (thrown: unknown) => { throw thrown instanceof Error ? thrown : new TypeError(messageOf(thrown)) }
  return { ...rest, up: async db => await runFile(file, async () => await up(db)).catch(failed) }
}
