import { sql, type Kysely } from 'kysely'
import { Migrator, type Migration } from 'kysely/migration'
import visitTables from '../../plugins/links/tables.ts'
import type { Database } from './database.ts'

// Statements that SQLite and PostgreSQL both take. A migration that was released is never changed: add another.
const migrations: Record<string, Migration> = {
  ...visitTables.migrations,
  '0001-installations': {
    async up (db) {
      await db.schema.createTable('installations')
        .addColumn('member_id', 'text', (column) => column.primaryKey())
        .addColumn('domain', 'text', (column) => column.notNull())
        .addColumn('client_endpoint', 'text', (column) => column.notNull())
        .addColumn('server_endpoint', 'text', (column) => column.notNull())
        .addColumn('scope', 'text', (column) => column.notNull())
        .addColumn('status', 'text', (column) => column.notNull())
        .addColumn('application_token', 'text')
        .addColumn('access_token', 'text')
        .addColumn('refresh_token', 'text')
        .addColumn('expires_at', 'bigint')
        .addColumn('user_id', 'bigint')
        .addColumn('handler_url', 'text')
        .addColumn('bindings', 'text')
        .addColumn('installed_at', 'bigint', (column) => column.notNull())
        .addColumn('updated_at', 'bigint', (column) => column.notNull())
        .addColumn('uninstall_requested_at', 'bigint')
        .addColumn('uninstalled_at', 'bigint')
        .execute()
    }
  },
  '0003-approvals': {
    async up (db) {
      await db.schema.createTable('approvals')
        .addColumn('member_id', 'text', (column) => column.notNull())
        .addColumn('link_id', 'text', (column) => column.notNull())
        .addColumn('answer', 'text', (column) => column.notNull())
        .addColumn('user_id', 'bigint', (column) => column.notNull())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('approvals_primary', ['member_id', 'link_id'])
        .execute()
      await db.schema.createTable('approval_steps')
        .addColumn('member_id', 'text', (column) => column.notNull())
        .addColumn('link_id', 'text', (column) => column.notNull())
        .addColumn('step', 'text', (column) => column.notNull())
        .addColumn('claimed_until', 'bigint', (column) => column.notNull())
        .addColumn('done', 'integer', (column) => column.notNull())
        .addPrimaryKeyConstraint('approval_steps_primary', ['member_id', 'link_id', 'step'])
        .execute()
    }
  },
  '0004-token-life': {
    async up (db) {
      const table = db.schema.alterTable('installations')
      await table.addColumn('token_version', 'bigint', (column) => column.notNull().defaultTo(0)).execute()
      for (const name of ['refreshed_at', 'refresh_at', 'refresh_attempts', 'refresh_next_try_at', 'lease_until']) {
        await table.addColumn(name, 'bigint').execute()
      }
      for (const name of ['refresh_code', 'lease_owner']) await table.addColumn(name, 'text').execute()
      // An access token lives for an hour.
      await sql`update installations set token_version = 1, refreshed_at = expires_at - 3600000 where expires_at is not null`.execute(db)
      await db.schema.createIndex('installations_refreshed').on('installations').column('refreshed_at').execute()
      await db.schema.createIndex('installations_uninstall_requested').on('installations').column('uninstall_requested_at')
        .where(sql.ref('uninstall_requested_at'), 'is not', null).execute()
      await db.schema.createIndex('installations_uninstalled').on('installations').column('uninstalled_at')
        .where(sql.ref('uninstalled_at'), 'is not', null).execute()
    }
  },
  '0005-hosts': {
    async up (db) {
      await db.schema.alterTable('installations').addColumn('hosts', 'text').execute()
    }
  },
  '0006-candidate-refresh-token': {
    async up (db) {
      await db.schema.alterTable('installations').addColumn('candidate_refresh_token', 'text').execute()
    }
  }
}

/** The names of all migrations, in order. */
export const migrationNames: readonly string[] = Object.keys(migrations).sort()

/**
 * Brings the tables up to date.
 *
 * @returns the names of the migrations that had to run
 * @throws the database's error, or one that says the database was written by a newer version
 */
export async function migrate (db: Kysely<Database>): Promise<string[]> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
  const { error, results = [] } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
  return results.map((result) => result.migrationName)
}
