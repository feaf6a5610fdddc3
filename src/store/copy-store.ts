import { sql, type Kysely } from 'kysely'
import type { Database } from './database.ts'
import { StoreCopyError, StoreTargetError } from '../errors.ts'
import { counterparts, isSame, keys, pages, tables, type Row, type Table } from './table-rows.ts'

const rowsBetweenNews = 10_000

/** What only ever grows while a service uses a row: which of two is the older one. What is not in here never changes, or says nothing of that. */
const ages: Record<Table, string[]> = {
  installations: ['token_version', 'updated_at'],
  links: ['last_at'],
  visits: ['times', 'last_at'],
  link_days: ['times'],
  link_users: ['times', 'last_at'],
  approvals: ['at'],
  approval_steps: ['done']
}

/** What was done with one table. */
export interface TableReport {
  table: Table
  /** Rows in the source, each of them now in the target with the same hash */
  rows: number
  /** Rows that were not in the target before, or were older */
  written: number
}

export interface CopyOptions {
  /** Told of each table when it is copied and verified */
  onTable?: (report: TableReport) => void
  /** Told once for every 10,000 rows of a table that were copied */
  onProgress?: (table: Table, rows: number) => void
}

/**
 * Copies all tables, then reads both again and compares: the number of rows, and a hash of each. What is the same already
 * is not written, so that a copy that was interrupted goes on where it was. Secrets stay encrypted as they are.
 *
 * A refresh token is good for one use, so that an older one in its place loses the portal: before anything is written the
 * target is looked through, and no row is ever replaced but by one that is newer, which the database sees to.
 *
 * @param from only read; nobody should write to it meanwhile
 * @param to tables of the same version
 * @throws B24_ERR_STORE_TARGET when the target holds what the source does not, B24_ERR_STORE_COPY when both are not the
 * same in the end; else the error of a database
 */
export async function copyStore (from: Kysely<Database>, to: Kysely<Database>, { onTable, onProgress }: CopyOptions = {}): Promise<TableReport[]> {
  for (const table of tables) await lookThrough(from, to, table)
  const reports: TableReport[] = []
  for (const table of tables) {
    let [copied, written] = [0, 0]
    for await (const page of pages(from, table)) {
      written += await write(to, table, await different(to, table, page))
      copied += page.length
      if (copied % rowsBetweenNews === 0) onProgress?.(table, copied)
    }
    const report = { table, rows: await verify(from, to, table), written }
    onTable?.(report)
    reports.push(report)
  }
  return reports
}

async function lookThrough (from: Kysely<Database>, to: Kysely<Database>, table: Table): Promise<void> {
  for await (const page of pages(to, table)) {
    for (const { row, other } of await counterparts(from, table, page)) {
      if (other === undefined) throw inUse('Nothing was written', table, 'rows that the source does not have')
      if (!isSame(row, other) && !isOlder(table, row, other)) throw inUse('Nothing was written', table, 'rows that differ from those of the source and are not older')
    }
  }
}

const inUse = (soFar: string, table: Table, what: string) => new StoreTargetError(
  `${soFar}: ${table} of the target holds ${what}. If a service uses the target already, leave it as it is; else empty it and start again`)

/** The same is decided in `write`, by the database. */
function isOlder (table: Table, row: Row, other: Row): boolean {
  const growth = ages[table].map((column) => Number(other[column]) - Number(row[column]))
  return growth.every((more) => more >= 0) && growth.some((more) => more > 0)
}

/** Which of the rows are not there, or are different. */
async function different (db: Kysely<Database>, table: Table, page: Row[]): Promise<Row[]> {
  return (await counterparts(db, table, page)).filter(({ row, other }) => !isSame(row, other)).map(({ row }) => row)
}

/** Out: how many rows were written. */
async function write (db: Kysely<Database>, table: Table, rows: Row[]): Promise<number> {
  if (rows.length === 0) return 0
  const columns = rows.slice(0, 1).flatMap((row) => Object.keys(row))
  const values = rows.map((row) => sql`(${sql.join(columns.map((column) => row[column]))})`)
  const changes = columns.filter((column) => !keys[table].includes(column)).map((column) => sql`${sql.ref(column)} = excluded.${sql.ref(column)}`)
  const compare = (operator: '>' | '>=') => ages[table].map((column) => sql`excluded.${sql.ref(column)} ${sql.raw(operator)} ${sql.ref(`${table}.${column}`)}`)
  const { numAffectedRows } = await sql`insert into ${sql.table(table)} (${sql.join(columns.map((column) => sql.ref(column)))}) values ${sql.join(values)}
    on conflict (${sql.join(keys[table].map((column) => sql.ref(column)))}) do update set ${sql.join(changes)}
    where ${sql.join(compare('>='), sql` and `)} and (${sql.join(compare('>'), sql` or `)})`.execute(db)
  if (Number(numAffectedRows) < rows.length) throw inUse('The copy was stopped', table, 'rows that were written meanwhile')
  return rows.length
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
