import { setImmediate } from 'node:timers/promises'
import { sql, type Kysely, type RawBuilder, type Transaction } from 'kysely'
import visitTables, { type VisitTables } from '../tables.ts'
import type { VisitCount } from './visit-types.ts'

type Visit = VisitTables['visits']

// Fewer than any database takes in one statement; a service under load writes some hundred counts at a time.
const rowsPerStatement = 100
/** A small statement: nobody waits long for it. */
const deletedAtOnce = 500

const compare = (a: string, b: string) => Number(a > b) - Number(a < b)
/** The key of a count, as text. */
export const keyOf = ({ memberId, linkId, userId, day }: VisitCount) => JSON.stringify([memberId, linkId, userId, day])
// All instances lock rows in the same order, so that no two wait for each other.
const inOrder = (counts: readonly VisitCount[]) => counts.toSorted((a, b) => compare(keyOf(a), keyOf(b)))

export function * chunks<T> (items: readonly T[]): Generator<T[]> {
  for (let start = 0; start < items.length; start += rowsPerStatement) {
    yield items.slice(start, start + rowsPerStatement)
  }
}

export const toCount = (row: Visit): VisitCount => ({
  memberId: row.member_id,
  linkId: row.link_id,
  screen: '',
  params: '',
  userId: row.user_id,
  day: row.day,
  firstAt: row.first_at,
  lastAt: row.last_at,
  times: row.times
})

/** Writes the counts, and adds them to the sums. */
export async function addVisits (transaction: Transaction<VisitTables>, counts: readonly VisitCount[]): Promise<void> {
  for (const some of chunks(inOrder(counts))) {
    await transaction.insertInto('links')
      .values(sums(some, ({ memberId, linkId }) => [memberId, linkId])
        .map(({ memberId, linkId, screen, params, firstAt, lastAt }) =>
          ({ member_id: memberId, id: linkId, screen, params, first_at: firstAt, last_at: lastAt })))
      .onConflict((conflict) => conflict.columns(['member_id', 'id'])
        .doUpdateSet({ first_at: earlier('links'), last_at: later('links') }))
      .execute()
    await transaction.insertInto('link_days')
      .values(sums(some, ({ memberId, linkId, day }) => [memberId, linkId, day])
        .map(({ memberId, linkId, day, times }) => ({ member_id: memberId, link_id: linkId, day, times })))
      .onConflict((conflict) => conflict.columns(['member_id', 'link_id', 'day'])
        .doUpdateSet({ times: more('link_days') }))
      .execute()
    await addUsers(transaction, some)
    await transaction.insertInto('visits').values(some.map((count) => ({ ...userRow(count), day: count.day })))
      .onConflict((conflict) => conflict.columns(['member_id', 'link_id', 'user_id', 'day'])
        .doUpdateSet({ first_at: earlier('visits'), last_at: later('visits'), times: more('visits') }))
      .execute()
  }
}

const userRow = ({ memberId, linkId, userId, firstAt, lastAt, times }: VisitCount) =>
  ({ member_id: memberId, link_id: linkId, user_id: userId, first_at: firstAt, last_at: lastAt, times })

async function addUsers (transaction: Transaction<VisitTables>, counts: readonly VisitCount[]): Promise<void> {
  await transaction.insertInto('link_users')
    .values(sums(counts, ({ memberId, linkId, userId }) => [memberId, linkId, userId]).map(userRow))
    .onConflict((conflict) => conflict.columns(['member_id', 'link_id', 'user_id'])
      .doUpdateSet({ first_at: earlier('link_users'), last_at: later('link_users'), times: more('link_users') }))
    .execute()
}

/** Subtracts deleted visits, those of one statement, from the sums of their users. */
export async function takeBack (transaction: Transaction<VisitTables>, deleted: readonly Visit[]): Promise<void> {
  if (deleted.length === 0) return
  // A negative number is added, so that visits counted at the same time are not lost.
  const counts = inOrder(deleted.map((row) => ({ ...toCount(row), times: -row.times })))
  await addUsers(transaction, counts)
  const users = counts.map(({ memberId, linkId, userId }) =>
    ({ member_id: memberId, link_id: linkId, user_id: userId }))
  await transaction.deleteFrom('link_users').where('times', '<=', 0)
    .where(({ and, or }) => or(users.map((user) => and(user)))).execute()
  await transaction.updateTable('link_users')
    .set(({ selectFrom, fn, ref }) => ({
      first_at: fn.coalesce(
        selectFrom('visits').select(({ fn }) => fn.min('visits.first_at').as('first'))
          .whereRef('visits.member_id', '=', 'link_users.member_id')
          .whereRef('visits.link_id', '=', 'link_users.link_id')
          .whereRef('visits.user_id', '=', 'link_users.user_id'),
        ref('link_users.first_at'))
    }))
    .where(({ and, or }) => or(users.map((user) => and(user)))).execute()
}

/** Deletes some rows at a time: a database in this process answers nobody else meanwhile. */
export async function deleteAll (
  db: Kysely<VisitTables>, table: keyof VisitTables, condition: RawBuilder<unknown>
): Promise<void> {
  const columns = sql.join(visitTables.tables[table].key.map((column) => sql.ref(column)))
  const some = sql`delete from ${sql.table(table)} where (${columns}) in
    (select ${columns} from ${sql.table(table)} where ${condition} limit ${deletedAtOnce})`
  while (Number((await some.execute(db)).numAffectedRows) === deletedAtOnce) await setImmediate()
}

/** One count for each key: a statement must not meet the same row twice. */
function sums (counts: readonly VisitCount[], columnsOf: (count: VisitCount) => unknown[]): VisitCount[] {
  const sums = new Map<string, VisitCount>()
  for (const count of counts) {
    const key = JSON.stringify(columnsOf(count))
    const { firstAt, lastAt, times } = sums.get(key) ?? { ...count, times: 0 }
    sums.set(key, {
      ...count,
      firstAt: Math.min(firstAt, count.firstAt),
      lastAt: Math.max(lastAt, count.lastAt),
      times: times + count.times
    })
  }
  return [...sums.values()]
}

type Counted = keyof VisitTables
const more = (table: Counted) => sql<number>`${sql.ref(`${table}.times`)} + excluded.times`

// SQLite and PostgreSQL have different names for the lesser of two columns.
const earlier = (table: Counted) => chosen('<', table, 'first_at')
const later = (table: Counted) => chosen('>', table, 'last_at')
const chosen = (operator: '<' | '>', table: Counted, column: string) => {
  const [before, after] = [sql.ref(`${table}.${column}`), sql.ref(`excluded.${column}`)]
  return sql<number>`case when ${after} ${sql.raw(operator)} ${before} then ${after} else ${before} end`
}
