import type { CreateTableBuilder } from 'kysely'
import type { TableSet } from '../../src/store/migrations.ts'

const tables = {
  links: { key: ['member_id', 'id'], grows: ['last_at'] },
  visits: { key: ['member_id', 'link_id', 'user_id', 'day'], grows: ['times', 'last_at'] },
  link_days: { key: ['member_id', 'link_id', 'day'], grows: ['times'] },
  link_users: { key: ['member_id', 'link_id', 'user_id'], grows: ['times', 'last_at'] }
} satisfies TableSet['tables']

// Times are milliseconds since 1970. As the first migration makes them: another one may change them, these stay.
const opened = { first_at: 'bigint', last_at: 'bigint' } as const
const columns = {
  /** A link that was opened; its `params` are JSON */
  links: { member_id: 'text', id: 'text', screen: 'text', params: 'text', ...opened },
  /** How often one user opened one link on one day, in UTC: `2026-01-31` */
  visits: { member_id: 'text', link_id: 'text', user_id: 'bigint', day: 'text', ...opened, times: 'bigint' },
  /** How often one link was opened on one day: the sum of its visits */
  link_days: { member_id: 'text', link_id: 'text', day: 'text', times: 'bigint' },
  /** How often one user opened one link on all days together: the sum of these visits */
  link_users: { member_id: 'text', link_id: 'text', user_id: 'bigint', ...opened, times: 'bigint' }
} as const

type Row<Columns> = { -readonly [Name in keyof Columns]: Columns[Name] extends 'text' ? string : number }
export type VisitTables = { [Name in keyof typeof columns]: Row<typeof columns[Name]> }

const indexes = {
  links_recent: ['links', 'member_id', 'last_at'],
  // What a portal has added today is looked up with every batch.
  links_first: ['links', 'member_id', 'first_at'],
  visits_day: ['visits', 'day', 'member_id'],
  link_days_day: ['link_days', 'day'],
  link_users_most: ['link_users', 'member_id', 'link_id', 'times desc', 'user_id'],
  link_users_recent: ['link_users', 'member_id', 'user_id', 'last_at desc', 'link_id']
} satisfies Record<string, [table: keyof VisitTables, ...columns: string[]]>

const visitTables = {
  name: 'visits',
  tables,
  migrations: {
    '0001-visits': {
      async up (db) {
        for (const name of Object.keys(tables) as Array<keyof VisitTables>) { // they are all there are
          let table: CreateTableBuilder<string, string> = db.schema.createTable(name)
          for (const [column, type] of Object.entries(columns[name])) {
            table = table.addColumn(column, type, (column) => column.notNull())
          }
          await table.addPrimaryKeyConstraint(`${name}_primary`, tables[name].key).execute()
        }
        for (const [name, [table, ...columns]] of Object.entries(indexes)) {
          await db.schema.createIndex(name).on(table).columns(columns).execute()
        }
      }
    }
  }
} satisfies TableSet
export default visitTables
