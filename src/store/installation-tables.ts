import { sql, type CreateTableBuilder, type Kysely } from 'kysely'
import type { TableSet } from './migrations.ts'

// As the first migration makes them: another one may change them, these stay as they are.
const columns = {
  text: [
    'domain', 'client_endpoint', 'server_endpoint', 'scope', 'status', 'application_token', 'access_token',
    'refresh_token', 'candidate_refresh_token', 'handler_url', 'bindings', 'hosts', 'refresh_code', 'lease_owner'
  ],
  bigint: [
    'expires_at', 'user_id', 'installed_at', 'updated_at', 'uninstall_requested_at', 'uninstalled_at', 'refreshed_at',
    'refresh_at', 'refresh_attempts', 'refresh_next_try_at', 'lease_until'
  ]
}
const required = ['domain', 'client_endpoint', 'server_endpoint', 'scope', 'status', 'installed_at', 'updated_at']

/** The tables of installations, with the pairs of their administrators and system users. */
export const installationTables: TableSet = {
  name: 'installations',
  tables: {
    installations: { key: ['member_id'], grows: ['token_version', 'updated_at'] },
    system_users: { key: ['member_id'], grows: ['token_version', 'updated_at'] }
  },
  migrations: {
    '0001-installations': {
      async up (db) {
        let table: CreateTableBuilder<string, string> = db.schema.createTable('installations')
          .addColumn('member_id', 'text', (column) => column.primaryKey())
          .addColumn('token_version', 'bigint', (column) => column.notNull().defaultTo(0))
        for (const type of ['text', 'bigint'] as const) {
          for (const name of columns[type]) {
            table = table.addColumn(name, type, (column) => required.includes(name) ? column.notNull() : column)
          }
        }
        await table.execute()
        await db.schema.createIndex('installations_refreshed').on('installations').column('refreshed_at').execute()
        for (const column of ['uninstall_requested_at', 'uninstalled_at']) {
          await db.schema.createIndex(`installations_${column.slice(0, -3)}`).on('installations').column(column)
            .where(sql.ref(column), 'is not', null).execute()
        }
      }
    },
    '0002-changes': {
      async up (db) {
        await db.schema.alterTable('installations').addColumn('change', 'text').execute()
        for (const column of ['change_at', 'change_due', 'change_lease_until']) {
          await db.schema.alterTable('installations').addColumn(column, 'bigint').execute()
        }
        await db.schema.createIndex('installations_change').on('installations').column('change_due')
          .where(sql.ref('change'), 'is not', null).execute()
      }
    },
    '0003-stale-tokens': {
      async up (db) {
        await db.schema.dropIndex('installations_refreshed').execute()
        await createStaleIndex(db, 'installations')
      }
    },
    '0004-system-users': {
      async up (db) {
        let table: CreateTableBuilder<string, string> = db.schema.createTable('system_users')
          .addColumn('member_id', 'text', (column) => column.primaryKey())
          .addColumn('token_version', 'bigint', (column) => column.notNull())
          .addColumn('updated_at', 'bigint', (column) => column.notNull())
        for (const name of ['access_token', 'refresh_token', 'refresh_code', 'lease_owner']) {
          table = table.addColumn(name, 'text')
        }
        for (const name of [
          'user_id', 'installed_at', 'expires_at', 'refreshed_at', 'refresh_at', 'refresh_attempts',
          'refresh_next_try_at', 'lease_until'
        ]) {
          table = table.addColumn(name, 'bigint')
        }
        await table.execute()
        await createStaleIndex(db, 'system_users')
      }
    },
    '0005-uninstall-clean': {
      async up (db) {
        await db.schema.alterTable('installations').addColumn('uninstall_clean', 'bigint').execute()
      }
    }
  }
}

/** What `staleTokens` follows to the oldest pairs. */
const createStaleIndex = (db: Kysely<unknown>, table: 'installations' | 'system_users') =>
  db.schema.createIndex(`${table}_stale`).on(table)
    .expression(sql`coalesce(refresh_attempts, 0), refreshed_at, member_id`)
    .where((where) => where.or([
      where(sql.ref('refresh_code'), 'is', null), where(sql.ref('refresh_next_try_at'), 'is not', null)
    ]))
    .execute()
