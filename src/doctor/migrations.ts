import type { Kysely } from 'kysely'
import { applicationFolders } from '../application/folder.ts'
import { applicationTables } from '../application/migrations.ts'
import type { Config } from '../config.ts'
import type { Database } from '../store/database.ts'
import { ranMigrations } from '../store/open-database.ts'
import { find, type Finding } from './finding.ts'

/** The migrations in the application's folder against those that have run on the database. */
export async function checkMigrations (db: Kysely<Database>, { application }: Config): Promise<Finding[]> {
  const { migrations: folders } = applicationFolders(application)
  const names: string[] = []
  for (const folder of folders) names.push(...Object.keys((await applicationTables(folder)).migrations))
  const ran = await ranMigrations(db, { name: 'application' })

  const missing = ran.filter(name => !names.includes(name))
  const pending = names.filter(name => !ran.includes(name))
  // The service starts only when what is new sorts behind what has run, in the order of kysely.
  const early = pending.filter(name => ran.some(other => name.localeCompare(other) < 0))
  if (missing.length > 0) return [find('migration-missing', missing.join(', '))]
  if (early.length > 0) return [find('migration-order', early.join(', '))]
  return pending.length > 0 ? [find('migrations-pending', pending.join(', '))] : []
}
