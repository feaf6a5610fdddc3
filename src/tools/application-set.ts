import { sql, type Kysely } from 'kysely'
import type { Database } from '../store/database.ts'
import { migrate, type TableSet } from '../store/migrations.ts'
import { openDatabase, ranMigrations } from '../store/open-database.ts'
import { readStoreAddress } from '../store/store-address.ts'

// What SQLite and PostgreSQL hold alike, and the drivers of both read alike.
const portable = /^(?:text|varchar|int[248]|integer|bigint|smallint|real|float8|double precision|bytea|blob)\b/i

const namesOf = async (db: Kysely<Database>) => (await db.introspection.getTables()).map(({ name }) => name)

/** The tables that migrations make, each behind those that it refers to, and the columns of their primary keys. */
async function tablesMadeBy (set: TableSet, others: readonly TableSet[]): Promise<TableSet['tables']> {
  const { db, changes } = await openDatabase(readStoreAddress('sqlite::memory:'))
  try {
    for (const other of others) await migrate(db, other)
    const before = await namesOf(db)
    await migrate(db, set)
    const made = (await namesOf(db)).filter(name => !before.includes(name))
    const ordered = new Map<string, { key: string[], grows: string[] }>()
    const add = async (table: string, path: readonly string[]): Promise<void> => {
      if (path.includes(table) || ordered.has(table) || !made.includes(table)) return
      const { rows: references } = await sql<{ to: string }>`
        select "table" as "to" from pragma_foreign_key_list(${table})`.execute(db)
      for (const { to } of references) await add(to, [...path, table])
      const { rows: columns } = await sql<{ name: string }>`
        select name from pragma_table_info(${table}) where pk > 0 order by pk`.execute(db)
      ordered.set(table, { key: columns.map(({ name }) => name), grows: [] })
    }
    for (const table of made.filter(name => !/_migration(?:_lock)?$/.test(name))) await add(table, [])
    return Object.fromEntries(ordered)
  } finally {
    await changes.close()
    await db.destroy()
  }
}

/** What keeps tables of a database from being copied without loss; undefined: nothing. */
async function obstacleIn (db: Kysely<Database>, tables: TableSet['tables']): Promise<string | undefined> {
  const there = await db.introspection.getTables()
  for (const [name, { key }] of Object.entries(tables)) {
    const table = there.find(one => one.name === name)
    if (table === undefined) return `there is no ${name}`
    if (key.length === 0) return `${name} has no primary key`
    const column = table.columns.find(({ dataType }) => !portable.test(dataType))
    if (column !== undefined) return `databases differ in the type ${column.dataType} of ${name}.${column.name}`
  }
  return undefined
}

/**
 * Makes the tables of an application in the target, and tells how to copy them: the set with its tables, or why it
 * cannot be copied.
 *
 * @param set the migrations of the application
 * @param others all other sets
 */
export async function applicationSet (
  source: Kysely<Database>, target: Kysely<Database>, set: TableSet, others: readonly TableSet[]
): Promise<TableSet | string> {
  const names = Object.keys(set.migrations)
  const ran = await ranMigrations(source, set)
  if (ran.toSorted().join() !== names.toSorted().join()) return 'its migrations are not those that have run on <from>'
  const hadSome = await namesOf(target)
  const failing = (on: string) => (error: Error) => `its migrations fail on ${on}: ${error.message}`
  const tables = await tablesMadeBy(set, others).catch(failing('SQLite'))
  if (typeof tables === 'string') return tables
  const failure = await migrate(target, set).then(() => undefined, failing('<to>'))
  if (failure !== undefined) return failure
  const obstacle = await obstacleIn(source, tables) ?? await obstacleIn(target, tables)
  if (obstacle !== undefined) return obstacle
  // What the migrations have written just now: the source has its own, perhaps changed.
  for (const name of Object.keys(tables).toReversed().filter(name => !hadSome.includes(name))) {
    await sql`delete from ${sql.table(name)}`.execute(target)
  }
  return { ...set, tables }
}

/** Has PostgreSQL count on from the largest number: the copied rows brought theirs along. */
export async function countOn (target: Kysely<Database>, { tables }: TableSet): Promise<void> {
  if (!target.getExecutor().adapter.supportsTransactionalDdl) return
  for (const [table, { key }] of Object.entries(tables)) {
    for (const column of key) {
      await sql`select setval(sequence::regclass, (select max(${sql.ref(column)}) from ${sql.table(table)})::bigint)
        from pg_get_serial_sequence(quote_ident(${table}), ${column}) as sequence where sequence is not null`
        .execute(target)
    }
  }
}
