import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { BaseLogger } from 'pino'
import { MigrationError } from '../errors.ts'
import type { Database } from '../store/database.ts'
import { migrate } from '../store/migrations.ts'

/**
 * Makes the tables of an application: runs the migrations in a folder that have not run yet, in order of their names,
 * all of them or none. Those that have run are listed in the table `application_migration`.
 *
 * @param folder absolute path; each file exports `up(db)`, a Kysely migration
 * @throws {MigrationError} which names the file
 */
export async function migrateApplication (
  db: Kysely<Database>, folder: string, log?: Pick<BaseLogger, 'info'>
): Promise<void> {
  const files = readdirSync(folder).filter(file => /(?<!\.d)\.[cm]?[jt]s$/.test(file)).sort()
  const migrations: Record<string, Migration> = {}
  for (const file of files) migrations[file.replace(/\.\w+$/, '')] = await importMigration(join(folder, file))
  try {
    await migrate(db, { name: 'application', migrations, tables: {} }, log)
  } catch (error) {
    const { migration, message } = error as Error & { migration?: string } // the database throws errors only
    const file = files.find(file => file.replace(/\.\w+$/, '') === migration)
    throw new MigrationError(file === undefined ? folder : join(folder, file), message, { cause: error })
  }
}

async function importMigration (file: string): Promise<Migration> {
  const exported = await import(pathToFileURL(file).href) as Partial<Migration>
  if (typeof exported.up !== 'function') throw new MigrationError(file, 'exports no function up(db)')
  return exported as Migration
}
