import { sql, type Kysely } from 'kysely'
import { StoreCopyError, StoreTargetError } from '../errors.ts'
import type { Database } from '../store/database.ts'
import type { TableSet } from '../store/migrations.ts'
import { counterparts, isSame, pages, type Row, type Table } from './table-rows.ts'

const rowsBetweenNews = 10_000

/**
 * Copies all tables of these sets, then reads both stores again and compares the number of rows, and a hash of each.
 * Rows that are the same already are not written, so that an interrupted copy can go on. Secrets stay encrypted.
 *
 * A refresh token is good for one use: to replace one by an older one loses the portal. Therefore the target is looked
 * through before anything is written, and the database replaces a row only by a newer one.
 *
 * @param from nobody should write to it meanwhile
 * @param say takes a line for each table and for every 10,000 rows
 * @throws B24_ERR_STORE_TARGET when the target holds what the source does not, B24_ERR_STORE_COPY when they differ
 */
export async function copyStore (
  from: Kysely<Database>, to: Kysely<Database>, sets: readonly TableSet[], say: (line: string) => void
): Promise<void> {
  const tables = sets.flatMap((set) => Object.entries(set.tables)).map(([name, table]) => ({ name, ...table }))
  for (const table of tables) await lookThrough(from, to, table)
  for (const table of tables) {
    let [copied, written] = [0, 0]
    for await (const page of pages(from, table)) {
      written += await write(to, table, await different(to, table, page))
      copied += page.length
      if (copied % rowsBetweenNews === 0) say(`${table.name}: ${copied} rows copied so far`)
    }
    say(`${table.name}: ${await verify(from, to, table)} rows verified, ${written} written`)
  }
}

async function lookThrough (from: Kysely<Database>, to: Kysely<Database>, table: Table): Promise<void> {
  for await (const page of pages(to, table)) {
    for (const { row, other } of await counterparts(from, table, page)) {
      if (other === undefined) throw inUse('Nothing was written', table, 'rows that the source does not have')
      if (isSame(row, other) || isOlder(table, row, other)) continue
      throw inUse('Nothing was written', table, 'rows that differ from those of the source and are not older')
    }
  }
}

const inUse = (soFar: string, { name }: Table, what: string) => new StoreTargetError(
  `${soFar}: ${name} of the target holds ${what}. If a service uses the target already, leave it as it is; ` +
  'else empty it and start again')

/** `write` lets the database decide the same. */
function isOlder (table: Table, row: Row, other: Row): boolean {
  const growth = table.grows.map((column) => Number(other[column]) - Number(row[column]))
  return growth.every((more) => more >= 0) && growth.some((more) => more > 0)
}

/** The rows that the database lacks, or has in another state. */
const different = async (db: Kysely<Database>, table: Table, page: Row[]): Promise<Row[]> =>
  (await counterparts(db, table, page)).filter(({ row, other }) => !isSame(row, other)).map(({ row }) => row)

/** Returns how many rows were written: all of them. */
async function write (db: Kysely<Database>, table: Table, rows: Row[]): Promise<number> {
  if (rows.length === 0) return 0
  const { name, key, grows } = table
  const columns = Object.keys(rows[0] as Row) // there is one
  const values = rows.map((row) => sql`(${sql.join(columns.map((column) => row[column]))})`)
  const changes = columns.filter((column) => !key.includes(column))
    .map((column) => sql`${sql.ref(column)} = excluded.${sql.ref(column)}`)
  const compare = (operator: '>' | '>=') => grows.map((column) =>
    sql`excluded.${sql.ref(column)} ${sql.raw(operator)} ${sql.ref(`${name}.${column}`)}`)
  // Without columns that grow nobody knows which row is newer: none is replaced.
  const resolution = grows.length === 0
    ? sql`nothing`
    : sql`update set ${sql.join(changes)}
      where ${sql.join(compare('>='), sql` and `)} and (${sql.join(compare('>'), sql` or `)})`
  const { numAffectedRows } = await sql`
    insert into ${sql.table(name)} (${sql.join(columns.map((column) => sql.ref(column)))}) values ${sql.join(values)}
    on conflict (${sql.join(key.map((column) => sql.ref(column)))}) do ${resolution}`.execute(db)
  if (Number(numAffectedRows) < rows.length) {
    throw inUse('The copy was stopped', table, 'rows that were written meanwhile')
  }
  return rows.length
}

async function verify (from: Kysely<Database>, to: Kysely<Database>, table: Table): Promise<number> {
  let rows = 0
  for await (const page of pages(from, table)) {
    const { length } = await different(to, table, page)
    if (length > 0) throw new StoreCopyError(table.name, `${length} of ${page.length} rows have another hash`)
    rows += page.length
  }
  const { rows: counts } = await sql<{ count: number }>`
    select count(*) as count from ${sql.table(table.name)}`.execute(to)
  const there = counts.map(({ count }) => count).join()
  if (there !== String(rows)) throw new StoreCopyError(table.name, `${there} rows instead of ${rows}`)
  return rows
}
