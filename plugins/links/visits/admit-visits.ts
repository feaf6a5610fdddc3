import type { Transaction } from 'kysely'
import type { VisitTables } from '../tables.ts'
import { chunks, keyOf, toCount } from './visit-rows.ts'
import type { VisitCount } from './visit-types.ts'

// What one portal adds on one day: visits of one link by one user, and links that were not opened before. Far more than
// people open, and few enough that one portal cannot fill the disk.
const limits = { rows: 10_000, links: 1000 }

/** The counts that each portal has room for on their day. A row that is there can always be counted again. */
export async function admitted (
  transaction: Transaction<VisitTables>, counts: readonly VisitCount[]
): Promise<{ kept: VisitCount[], skipped: VisitCount[] }> {
  const [kept, skipped]: [VisitCount[], VisitCount[]] = [[], []]
  for (const [, group] of Map.groupBy(counts, ({ memberId, day }) => `${memberId} ${day}`)) {
    const isKept = await roomFor(transaction, group)
    for (const count of group) (isKept(count) ? kept : skipped).push(count)
  }
  return { kept, skipped }
}

async function roomFor (
  transaction: Transaction<VisitTables>, group: readonly VisitCount[]
): Promise<(count: VisitCount) => boolean> {
  const [{ memberId, day }] = group as [VisitCount] // no group is empty
  const added = await addedOn(transaction, memberId, day)
  const room = { rows: limits.rows - added.rows, links: limits.links - added.links }
  const linkIds = [...new Set(group.map(({ linkId }) => linkId))]
  if (group.length <= room.rows && linkIds.length <= room.links) return () => true

  const known = { links: await linksOf(transaction, memberId, linkIds), rows: await rowsOf(transaction, group) }
  return (count) => {
    const isNew = { link: !known.links.has(count.linkId), row: !known.rows.has(keyOf(count)) }
    if ((isNew.link && room.links <= 0) || (isNew.row && room.rows <= 0)) return false
    if (isNew.link) room.links--
    if (isNew.row) room.rows--
    known.links.add(count.linkId)
    return true
  }
}

async function addedOn (transaction: Transaction<VisitTables>, memberId: string, day: string) {
  const start = Date.parse(day)
  const rows = await transaction.selectFrom('visits').select(({ fn }) => fn.countAll<number>().as('count'))
    .where('day', '=', day).where('member_id', '=', memberId).executeTakeFirstOrThrow()
  const links = await transaction.selectFrom('links').select(({ fn }) => fn.countAll<number>().as('count'))
    .where('member_id', '=', memberId).where('first_at', '>=', start).where('first_at', '<', start + 86_400_000)
    .executeTakeFirstOrThrow()
  return { rows: rows.count, links: links.count }
}

async function linksOf (transaction: Transaction<VisitTables>, memberId: string, ids: readonly string[]) {
  const known = new Set<string>()
  for (const some of chunks(ids)) {
    const rows = await transaction.selectFrom('links').select('id')
      .where('member_id', '=', memberId).where('id', 'in', some).execute()
    for (const { id } of rows) known.add(id)
  }
  return known
}

async function rowsOf (transaction: Transaction<VisitTables>, counts: readonly VisitCount[]) {
  const known = new Set<string>()
  for (const some of chunks(counts)) {
    const rows = await transaction.selectFrom('visits').selectAll()
      .where(({ and, or }) => or(some.map(({ memberId, linkId, userId, day }) =>
        and({ member_id: memberId, link_id: linkId, user_id: userId, day }))))
      .execute()
    for (const row of rows) known.add(keyOf(toCount(row)))
  }
  return known
}
