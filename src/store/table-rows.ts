import { hash } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import visitTables from '../../plugins/links/tables.ts'
import type { Database } from './database.ts'

/** A row of any table. */
export type Row = Record<string, string | number | null>
export type Table = keyof Database

/** The tables, and the columns of their keys. */
export const keys: Record<Table, string[]> = {
  installations: ['member_id'],
  links: visitTables.tables.links.key,
  visits: visitTables.tables.visits.key,
  link_days: visitTables.tables.link_days.key,
  link_users: visitTables.tables.link_users.key,
  approvals: ['member_id', 'link_id'],
  approval_steps: ['member_id', 'link_id', 'step']
}
export const tables = Object.keys(keys) as Table[] // its keys are all there are
// A condition for each row: SQLite takes no deeper ones than some hundred.
const pageSize = 100

/** All rows, a hundred at a time; only the last page has fewer. Each database sorts the keys in its own way. */
export async function * pages (db: Kysely<Database>, table: Table): AsyncGenerator<Row[]> {
  for (let page = await pageAfter(db, table); page.length > 0; page = await pageAfter(db, table, page.at(-1))) yield page
}

async function pageAfter (db: Kysely<Database>, table: Table, last?: Row): Promise<Row[]> {
  const columns = keys[table].map((column) => sql.ref(column))
  const { rows } = await sql<Row>`select * from ${sql.table(table)}
    ${last ? sql`where (${sql.join(columns)}) > (${sql.join(valuesOf(table, last))})` : sql``}
    order by ${sql.join(columns)} limit ${pageSize}`.execute(db)
  return rows
}

/** Each row of a page, with the one of the same key in this database. */
export async function counterparts (db: Kysely<Database>, table: Table, page: Row[]): Promise<Array<{ row: Row, other: Row | undefined }>> {
  const conditions = page.map((row) => sql`(${sql.join(keys[table].map((column) => sql`${sql.ref(column)} = ${row[column]}`), sql` and `)})`)
  const { rows: found } = await sql<Row>`select * from ${sql.table(table)} where ${sql.join(conditions, sql` or `)}`.execute(db)
  const others = new Map(found.map((row) => [JSON.stringify(valuesOf(table, row)), row]))
  return page.map((row) => ({ row, other: others.get(JSON.stringify(valuesOf(table, row))) }))
}

export const isSame = (row: Row, other: Row | undefined) => other !== undefined && hashOf(row) === hashOf(other)

const valuesOf = (table: Table, row: Row) => keys[table].map((column) => row[column])

/** The columns have another order where a table was altered. */
const hashOf = (row: Row) => hash('sha256', JSON.stringify(Object.entries(row).sort(([a], [b]) => a < b ? -1 : 1)))
