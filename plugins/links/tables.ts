import type { TableSet } from '../../src/store/migrations.ts'

/** A link that was opened. */
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

export type VisitTables = {
  links: LinksTable
  visits: VisitsTable
  link_days: LinkDaysTable
  link_users: LinkUsersTable
}

const visitTables = {
  name: 'visits',
  tables: {
    links: { key: ['member_id', 'id'], grows: ['last_at'] },
    visits: { key: ['member_id', 'link_id', 'user_id', 'day'], grows: ['times', 'last_at'] },
    link_days: { key: ['member_id', 'link_id', 'day'], grows: ['times'] },
    link_users: { key: ['member_id', 'link_id', 'user_id'], grows: ['times', 'last_at'] }
  },
  migrations: {
    '0001-visits': {
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
        const indexes = {
          links_recent: ['links', 'member_id', 'last_at'],
          // What a portal has added today is looked up with every batch.
          links_first: ['links', 'member_id', 'first_at'],
          visits_day: ['visits', 'day', 'member_id'],
          link_days_day: ['link_days', 'day'],
          link_users_most: ['link_users', 'member_id', 'link_id', 'times desc', 'user_id'],
          link_users_recent: ['link_users', 'member_id', 'user_id', 'last_at desc', 'link_id']
        } satisfies Record<string, [table: string, ...columns: string[]]>
        for (const [name, [table, ...columns]] of Object.entries(indexes)) {
          await db.schema.createIndex(name).on(table).columns(columns).execute()
        }
      }
    }
  }
} satisfies TableSet
export default visitTables
