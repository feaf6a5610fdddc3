import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** A link that was opened. Times are milliseconds since 1970. */
export interface LinksTable {
  member_id: string
  id: string
  screen: string
  /** JSON */
  params: string
  first_at: number
  last_at: number
}

/** How often one user opened one link on one day. */
export interface VisitsTable {
  member_id: string
  link_id: string
  user_id: number
  /** In UTC: `2026-01-31` */
  day: string
  first_at: number
  last_at: number
  times: number
}

/** How often all users together opened one link on one day: the sum of its visits. */
export type LinkDaysTable = Pick<VisitsTable, 'member_id' | 'link_id' | 'day' | 'times'>

/** How often one user opened one link on all days together: the sum of its visits. */
export type LinkUsersTable = Omit<VisitsTable, 'day'>

export interface VisitTables {
  links: LinksTable
  visits: VisitsTable
  link_days: LinkDaysTable
  link_users: LinkUsersTable
}

/** The columns of the keys, and those that only ever grow: they tell which of two copies of a row is the older one. */
const tables: Record<keyof VisitTables, { key: string[], grows: string[] }> = {
  links: { key: ['member_id', 'id'], grows: ['last_at'] },
  visits: { key: ['member_id', 'link_id', 'user_id', 'day'], grows: ['times', 'last_at'] },
  link_days: { key: ['member_id', 'link_id', 'day'], grows: ['times'] },
  link_users: { key: ['member_id', 'link_id', 'user_id'], grows: ['times', 'last_at'] }
}

/** Statements for SQLite and PostgreSQL. A released migration is never changed: add another. */
const migrations: Record<string, Migration> = {
  '0002-visits': {
    async up (db) {
      await db.schema.createTable('links')
        .addColumn('member_id', 'text', (column) => column.notNull())
        .addColumn('id', 'text', (column) => column.notNull())
        .addColumn('screen', 'text', (column) => column.notNull())
        .addColumn('params', 'text', (column) => column.notNull())
        .addColumn('first_at', 'bigint', (column) => column.notNull())
        .addColumn('last_at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('links_primary', ['member_id', 'id'])
        .execute()
      await db.schema.createIndex('links_recent').on('links').columns(['member_id', 'last_at']).execute()
      await db.schema.createTable('visits')
        .addColumn('member_id', 'text', (column) => column.notNull())
        .addColumn('link_id', 'text', (column) => column.notNull())
        .addColumn('user_id', 'bigint', (column) => column.notNull())
        .addColumn('day', 'text', (column) => column.notNull())
        .addColumn('first_at', 'bigint', (column) => column.notNull())
        .addColumn('last_at', 'bigint', (column) => column.notNull())
        .addColumn('times', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('visits_primary', ['member_id', 'link_id', 'user_id', 'day'])
        .execute()
      await db.schema.createIndex('visits_day').on('visits').column('day').execute()
    }
  },
  '0007-visit-totals': {
    async up (db) {
      await db.schema.createTable('link_days')
        .addColumn('member_id', 'text', (column) => column.notNull())
        .addColumn('link_id', 'text', (column) => column.notNull())
        .addColumn('day', 'text', (column) => column.notNull())
        .addColumn('times', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('link_days_primary', ['member_id', 'link_id', 'day'])
        .execute()
      await db.schema.createTable('link_users')
        .addColumn('member_id', 'text', (column) => column.notNull())
        .addColumn('link_id', 'text', (column) => column.notNull())
        .addColumn('user_id', 'bigint', (column) => column.notNull())
        .addColumn('first_at', 'bigint', (column) => column.notNull())
        .addColumn('last_at', 'bigint', (column) => column.notNull())
        .addColumn('times', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('link_users_primary', ['member_id', 'link_id', 'user_id'])
        .execute()
      await sql`insert into link_days select member_id, link_id, day, cast(sum(times) as bigint)
        from visits group by 1, 2, 3`.execute(db)
      await sql`insert into link_users
        select member_id, link_id, user_id, min(first_at), max(last_at), cast(sum(times) as bigint)
        from visits group by 1, 2, 3`.execute(db)
      await db.schema.createIndex('link_days_day').on('link_days').column('day').execute()
      await db.schema.createIndex('link_users_most').on('link_users')
        .columns(['member_id', 'link_id', 'times desc', 'user_id']).execute()
      await db.schema.createIndex('link_users_recent').on('link_users')
        .columns(['member_id', 'user_id', 'last_at desc', 'link_id']).execute()
      // What a portal has added today is looked up with every batch.
      await db.schema.createIndex('links_first').on('links').columns(['member_id', 'first_at']).execute()
      await db.schema.dropIndex('visits_day').execute()
      await db.schema.createIndex('visits_day').on('visits').columns(['day', 'member_id']).execute()
    }
  }
}

export default { tables, migrations }
