import { sql, type Selectable, type Transaction } from 'kysely'
import type { VisitsTable, VisitTables } from './tables.ts'
import type { VisitCount } from './visit-store.ts'

/** What one portal can add on one day. */
export interface VisitLimits {
  /** Visits of one link by one user; further ones on that day only raise the count */
  rows: number
  /** Links that were not opened before */
  links: number
}

// Below what any database takes in one statement; a service under load writes some hundred counts at a time.
const rowsPerStatement = 100

const compare = (a: string, b: string) => Number(a > b) - Number(a < b)
const orderOf = ({ memberId, linkId, userId, day }: VisitCount) => JSON.stringify([memberId, linkId, userId, day])
// All instances lock the rows in the same order, so that none waits for one that waits for it.
const inOrder = (counts: readonly VisitCount[]) => counts.toSorted((a, b) => compare(orderOf(a), orderOf(b)))

function * chunks<T> (items: readonly T[]): Generator<T[]> {
  for (let start = 0; start < items.length; start += rowsPerStatement) yield items.slice(start, start + rowsPerStatement)
}

/** The counts that each portal has room for on their day. What is there already can always be counted again. */
export async function admitted (transaction: Transaction<VisitTables>, counts: readonly VisitCount[], limits: VisitLimits): Promise<{ kept: VisitCount[], skipped: VisitCount[] }> {
  const [kept, skipped]: [VisitCount[], VisitCount[]] = [[], []]
  for (const [, group] of Map.groupBy(counts, ({ memberId, day }) => `${memberId} ${day}`)) {
    const isKept = await roomFor(transaction, group, limits)
    for (const count of group) (isKept(count) ? kept : skipped).push(count)
  }
  return { kept, skipped }
}

async function roomFor (transaction: Transaction<VisitTables>, group: readonly VisitCount[], limits: VisitLimits): Promise<(count: VisitCount) => boolean> {
  const [{ memberId, day }] = group as [VisitCount] // no group is empty
  const start = Date.parse(day)
  const [rows, links] = [
    await transaction.selectFrom('visits').select(({ fn }) => fn.countAll<number>().as('count'))
      .where('day', '=', day).where('member_id', '=', memberId).executeTakeFirstOrThrow(),
    await transaction.selectFrom('links').select(({ fn }) => fn.countAll<number>().as('count'))
      .where('member_id', '=', memberId).where('first_at', '>=', start).where('first_at', '<', start + 86_400_000).executeTakeFirstOrThrow()
  ]
  const room = { rows: limits.rows - rows.count, links: limits.links - links.count }
  const linkIds = [...new Set(group.map(({ linkId }) => linkId))]
  if (group.length <= room.rows && linkIds.length <= room.links) return () => true

  const known = { links: await linksOf(transaction, memberId, linkIds), rows: await rowsOf(transaction, group) }
  return (count) => {
    const isNew = { link: !known.links.has(count.linkId), row: !known.rows.has(orderOf(count)) }
    if ((isNew.link && room.links <= 0) || (isNew.row && room.rows <= 0)) return false
    if (isNew.link) room.links--
    if (isNew.row) room.rows--
    known.links.add(count.linkId)
    return true
  }
}

async function linksOf (transaction: Transaction<VisitTables>, memberId: string, ids: readonly string[]): Promise<Set<string>> {
  const known = new Set<string>()
  for (const some of chunks(ids)) {
    const rows = await transaction.selectFrom('links').select('id').where('member_id', '=', memberId).where('id', 'in', some).execute()
    for (const { id } of rows) known.add(id)
  }
  return known
}

async function rowsOf (transaction: Transaction<VisitTables>, counts: readonly VisitCount[]): Promise<Set<string>> {
  const known = new Set<string>()
  for (const some of chunks(counts)) {
    const rows = await transaction.selectFrom('visits').selectAll()
      .where(({ and, or }) => or(some.map(({ memberId, linkId, userId, day }) => and({ member_id: memberId, link_id: linkId, user_id: userId, day })))).execute()
    for (const row of rows) known.add(orderOf(toCount(row)))
  }
  return known
}

const toCount = ({ member_id: memberId, link_id: linkId, user_id: userId, day, first_at: firstAt, last_at: lastAt, times }: Selectable<VisitsTable>): VisitCount =>
  ({ memberId, linkId, screen: '', params: '', userId, day, firstAt, lastAt, times })

/** Writes the counts, and adds them to the sums. */
export async function addVisits (transaction: Transaction<VisitTables>, counts: readonly VisitCount[]): Promise<void> {
  for (const some of chunks(inOrder(counts))) {
    await transaction.insertInto('links')
      .values(sums(some, ({ memberId, linkId }) => [memberId, linkId]).map(({ memberId, linkId, screen, params, firstAt, lastAt }) =>
        ({ member_id: memberId, id: linkId, screen, params, first_at: firstAt, last_at: lastAt })))
      .onConflict((conflict) => conflict.columns(['member_id', 'id']).doUpdateSet({ first_at: earlier('links'), last_at: later('links') }))
      .execute()
    await transaction.insertInto('link_days')
      .values(sums(some, ({ memberId, linkId, day }) => [memberId, linkId, day]).map(({ memberId, linkId, day, times }) =>
        ({ member_id: memberId, link_id: linkId, day, times })))
      .onConflict((conflict) => conflict.columns(['member_id', 'link_id', 'day']).doUpdateSet({ times: more('link_days') }))
      .execute()
    await addUsers(transaction, some)
    await transaction.insertInto('visits')
      .values(some.map(({ memberId, linkId, userId, day, firstAt, lastAt, times }) =>
        ({ member_id: memberId, link_id: linkId, user_id: userId, day, first_at: firstAt, last_at: lastAt, times })))
      .onConflict((conflict) => conflict.columns(['member_id', 'link_id', 'user_id', 'day']).doUpdateSet({
        first_at: earlier('visits'), last_at: later('visits'), times: more('visits')
      }))
      .execute()
  }
}

async function addUsers (transaction: Transaction<VisitTables>, counts: readonly VisitCount[]): Promise<void> {
  await transaction.insertInto('link_users')
    .values(sums(counts, ({ memberId, linkId, userId }) => [memberId, linkId, userId]).map(({ memberId, linkId, userId, firstAt, lastAt, times }) =>
      ({ member_id: memberId, link_id: linkId, user_id: userId, first_at: firstAt, last_at: lastAt, times })))
    .onConflict((conflict) => conflict.columns(['member_id', 'link_id', 'user_id']).doUpdateSet({
      first_at: earlier('link_users'), last_at: later('link_users'), times: more('link_users')
    }))
    .execute()
}

/** Takes deleted visits, a statement's worth of them, out of the sums of their users. */
export async function takeBack (transaction: Transaction<VisitTables>, deleted: ReadonlyArray<Selectable<VisitsTable>>): Promise<void> {
  if (deleted.length === 0) return
  // Less than nothing is added: it does not matter what is counted at the same time.
  const counts = inOrder(deleted.map((row) => ({ ...toCount(row), times: -row.times })))
  await addUsers(transaction, counts)
  const users = counts.map(({ memberId, linkId, userId }) => ({ member_id: memberId, link_id: linkId, user_id: userId }))
  await transaction.deleteFrom('link_users').where('times', '<=', 0).where(({ and, or }) => or(users.map((user) => and(user)))).execute()
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

/** One count for each key: a statement must not meet the same row twice. */
function sums (counts: readonly VisitCount[], keyOf: (count: VisitCount) => unknown[]): VisitCount[] {
  const sums = new Map<string, VisitCount>()
  for (const count of counts) {
    const key = JSON.stringify(keyOf(count))
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

type Counted = 'links' | 'visits' | 'link_days' | 'link_users'
const more = (table: Counted) => sql<number>`${sql.ref(`${table}.times`)} + excluded.times`

// What is the least of two columns is called differently by each database.
const earlier = (table: Counted) => chosen('<', table, 'first_at')
const later = (table: Counted) => chosen('>', table, 'last_at')
const chosen = (operator: '<' | '>', table: Counted, column: string) => {
  const [before, after] = [sql.ref(`${table}.${column}`), sql.ref(`excluded.${column}`)]
  return sql<number>`case when ${after} ${sql.raw(operator)} ${before} then ${after} else ${before} end`
}
