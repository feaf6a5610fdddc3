import { hash } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import type { Database } from '../store/database.ts'
import type { TableSet } from '../store/migrations.ts'

/** A row of any table. */
export type Row = Record<string, string | number | null>

/** A table, with what has to be known to copy it. */
export type Table = { name: string } & TableSet['tables'][string]

// One condition a row: SQLite takes some hundred of them at most.
const pageSize = 100

/** All rows, a hundred at a time; only the last page has fewer. Each database sorts the keys in its own way. */
export async function * pages (db: Kysely<Database>, table: Table): AsyncGenerator<Row[]> {
  let page = await pageAfter(db, table)
  while (page.length > 0) {
    yield page
    page = await pageAfter(db, table, page.at(-1))
  }
}

async function pageAfter (db: Kysely<Database>, table: Table, last?: Row): Promise<Row[]> {
  const columns = table.key.map((column) => sql.ref(column))
  const { rows } = await sql<Row>`select * from ${sql.table(table.name)}
    ${last ? sql`where (${sql.join(columns)}) > (${sql.join(keyOf(table, last))})` : sql``}
    order by ${sql.join(columns)} limit ${pageSize}`.execute(db)
  return rows
}

/** Each row of a page, with the row of the same key in this database. */
export async function counterparts (
  db: Kysely<Database>, table: Table, page: Row[]
): Promise<Array<{ row: Row, other: Row | undefined }>> {
  const conditions = page.map((row) =>
    sql`(${sql.join(table.key.map((column) => sql`${sql.ref(column)} = ${row[column]}`), sql` and `)})`)
  const { rows: found } = await sql<Row>`select * from ${sql.table(table.name)}
    where ${sql.join(conditions, sql` or `)}`.execute(db)
  const others = new Map(found.map((row) => [JSON.stringify(keyOf(table, row)), row]))
  return page.map((row) => ({ row, other: others.get(JSON.stringify(keyOf(table, row))) }))
}

export const isSame = (row: Row, other: Row | undefined) => other !== undefined && hashOf(row) === hashOf(other)

const keyOf = (table: Table, row: Row) => table.key.map((column) => row[column])

/** An altered table has its columns in another order. */
const hashOf = (row: Row) => hash('sha256', JSON.stringify(Object.entries(row).sort(([a], [b]) => a < b ? -1 : 1)))
