import { hash } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import type { Database } from './database.ts'
import { StoreCopyError } from './store-errors.ts'

type Row = Record<string, string | number | null>
type Table = keyof Database

/** The tables, and the columns of their keys. */
const keys: Record<Table, string[]> = {
  installations: ['member_id'],
  links: ['member_id', 'id'],
  openings: ['member_id', 'link_id', 'user_id', 'day'],
  approvals: ['member_id', 'link_id'],
  approval_steps: ['member_id', 'link_id', 'step']
}
const tables = Object.keys(keys) as Table[] // its keys are all there are
// A condition for each row: SQLite takes no deeper ones than some hundred.
const pageSize = 100

/** What was done with one table. */
export interface TableReport {
  table: Table
  /** Rows in the source, each of them now in the target with the same hash */
  rows: number
  /** Rows that were not in the target before, or were different */
  written: number
}

/**
 * Copies all tables, then reads both again and compares: the number of rows, and a hash of each. What is the same already
 * is not written, so that a copy that was interrupted goes on where it was. Secrets stay encrypted as they are.
 *
 * @param from only read; nobody should write to it meanwhile
 * @param to tables of the same version
 * @throws B24_ERR_STORE_COPY when both are not the same in the end; else the error of a database
 */
export async function copyStore (from: Kysely<Database>, to: Kysely<Database>, onTable?: (report: TableReport) => void): Promise<TableReport[]> {
  const reports: TableReport[] = []
  for (const table of tables) {
    let written = 0
    for await (const page of pages(from, table)) {
      const missing = await different(to, table, page)
      if (missing.length > 0) await upsert(to, table, missing)
      written += missing.length
    }
    const report = { table, rows: await verify(from, to, table), written }
    onTable?.(report)
    reports.push(report)
  }
  return reports
}

async function verify (from: Kysely<Database>, to: Kysely<Database>, table: Table): Promise<number> {
  let rows = 0
  for await (const page of pages(from, table)) {
    const { length } = await different(to, table, page)
    if (length > 0) throw new StoreCopyError(table, `${length} of ${page.length} rows have another hash`)
    rows += page.length
  }
  const { rows: counts } = await sql<{ count: number }>`select count(*) as count from ${sql.table(table)}`.execute(to)
  const there = counts.map(({ count }) => count).join()
  if (there !== String(rows)) throw new StoreCopyError(table, `${there} rows instead of ${rows}`)
  return rows
}

async function * pages (db: Kysely<Database>, table: Table): AsyncGenerator<Row[]> {
  for (let page = await pageAfter(db, table); page.length > 0; page = await pageAfter(db, table, page.at(-1))) yield page
}

async function pageAfter (db: Kysely<Database>, table: Table, last?: Row): Promise<Row[]> {
  const columns = keys[table].map((column) => sql.ref(column))
  const { rows } = await sql<Row>`select * from ${sql.table(table)}
    ${last ? sql`where (${sql.join(columns)}) > (${sql.join(keyOf(table, last))})` : sql``}
    order by ${sql.join(columns)} limit ${pageSize}`.execute(db)
  return rows
}

/** Which of the rows are not there, or are different. */
async function different (db: Kysely<Database>, table: Table, rows: Row[]): Promise<Row[]> {
  const conditions = rows.map((row) => sql`(${sql.join(keys[table].map((column) => sql`${sql.ref(column)} = ${row[column]}`), sql` and `)})`)
  const { rows: found } = await sql<Row>`select * from ${sql.table(table)} where ${sql.join(conditions, sql` or `)}`.execute(db)
  const hashes = new Map(found.map((row) => [JSON.stringify(keyOf(table, row)), hashOf(row)]))
  return rows.filter((row) => hashes.get(JSON.stringify(keyOf(table, row))) !== hashOf(row))
}

async function upsert (db: Kysely<Database>, table: Table, rows: Row[]): Promise<void> {
  const columns = rows.slice(0, 1).flatMap((row) => Object.keys(row))
  const values = rows.map((row) => sql`(${sql.join(columns.map((column) => row[column]))})`)
  const changes = columns.filter((column) => !keys[table].includes(column)).map((column) => sql`${sql.ref(column)} = excluded.${sql.ref(column)}`)
  await sql`insert into ${sql.table(table)} (${sql.join(columns.map((column) => sql.ref(column)))}) values ${sql.join(values)}
    on conflict (${sql.join(keys[table].map((column) => sql.ref(column)))}) do update set ${sql.join(changes)}`.execute(db)
}

const keyOf = (table: Table, row: Row) => keys[table].map((column) => row[column])

/** The columns have another order where a table was altered. */
const hashOf = (row: Row) => hash('sha256', JSON.stringify(Object.entries(row).sort(([a], [b]) => a < b ? -1 : 1)))
