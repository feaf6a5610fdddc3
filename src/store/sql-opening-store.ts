import { sql, type Kysely, type Transaction } from 'kysely'
import type { Database, LinkRow } from './database.ts'
import type { OpenedLink, OpeningCount, OpeningStore } from './opening-store.ts'

// Below what any database takes in one statement; a service under load writes some hundred counts at a time.
const rowsPerStatement = 100

/** The openings over any SQL dialect of kysely. The tables must be there. */
export function createSqlOpeningStore (db: Kysely<Database>): OpeningStore {
  return {
    async record (unsorted) {
      // All instances lock the rows in the same order, so that none waits for one that waits for it.
      const counts = unsorted.toSorted((a, b) => compare(orderOf(a), orderOf(b)))
      await db.transaction().execute(async (transaction) => {
        for (let start = 0; start < counts.length; start += rowsPerStatement) {
          await add(transaction, counts.slice(start, start + rowsPerStatement))
        }
      })
    },

    async find (memberId, linkId) {
      const row = await db.selectFrom('links').selectAll().where('member_id', '=', memberId).where('id', '=', linkId).executeTakeFirst()
      return row && fromRow(row)
    },

    async daily (memberId, linkId, fromDay) {
      return await db.selectFrom('openings').select(['day', total.as('times')])
        .where('member_id', '=', memberId).where('link_id', '=', linkId).where('day', '>=', fromDay)
        .groupBy('day').orderBy('day').execute()
    },

    async users (memberId, linkId, fromDay, limit) {
      return await db.selectFrom('openings')
        .select(({ fn }) => ['user_id as userId', total.as('times'), fn.min('first_at').as('firstAt'), fn.max('last_at').as('lastAt')])
        .where('member_id', '=', memberId).where('link_id', '=', linkId).where('day', '>=', fromDay)
        .groupBy('user_id').orderBy('times', 'desc').orderBy('user_id').limit(limit).execute()
    },

    async hasOpened (memberId, linkId, userId) {
      const row = await db.selectFrom('openings').select('day')
        .where('member_id', '=', memberId).where('link_id', '=', linkId).where('user_id', '=', userId).limit(1).executeTakeFirst()
      return row !== undefined
    },

    async links (memberId, limit, userId) {
      const rows = await db.selectFrom('links').selectAll('links')
        .where('member_id', '=', memberId)
        .$if(userId !== undefined, (query) => query.where(({ exists, selectFrom }) => exists(selectFrom('openings').select('day')
          .whereRef('openings.member_id', '=', 'links.member_id').whereRef('openings.link_id', '=', 'links.id').where('user_id', '=', Number(userId)))))
        .orderBy('last_at', 'desc').orderBy('id').limit(limit).execute()
      return rows.map(fromRow)
    },

    async purge (beforeDay) {
      await db.transaction().execute(async (transaction) => {
        await transaction.deleteFrom('openings').where('day', '<', beforeDay).execute()
        await transaction.deleteFrom('links').where('last_at', '<', Date.parse(beforeDay)).execute()
        const gone = transaction.selectFrom('installations').select('member_id').where('uninstalled_at', 'is not', null)
        await transaction.deleteFrom('openings').where('member_id', 'in', gone).execute()
        await transaction.deleteFrom('links').where('member_id', 'in', gone).execute()
      })
    }
  }
}

/** Forgets what was opened on a portal. Part of the transaction that uninstalls it. */
export async function deleteOpenings (transaction: Transaction<Database>, memberId: string): Promise<void> {
  for (const table of ['links', 'openings'] as const) await transaction.deleteFrom(table).where('member_id', '=', memberId).execute()
}

async function add (transaction: Transaction<Database>, counts: readonly OpeningCount[]): Promise<void> {
  await transaction.insertInto('links').values([...linksOf(counts).values()])
    .onConflict((conflict) => conflict.columns(['member_id', 'id']).doUpdateSet({ first_at: earlier('links'), last_at: later('links') }))
    .execute()
  await transaction.insertInto('openings')
    .values(counts.map(({ memberId, linkId, userId, day, firstAt, lastAt, times }) =>
      ({ member_id: memberId, link_id: linkId, user_id: userId, day, first_at: firstAt, last_at: lastAt, times })))
    .onConflict((conflict) => conflict.columns(['member_id', 'link_id', 'user_id', 'day']).doUpdateSet({
      first_at: earlier('openings'),
      last_at: later('openings'),
      times: sql<number>`openings.times + excluded.times`
    }))
    .execute()
}

const compare = (a: string, b: string) => Number(a > b) - Number(a < b)
const orderOf = ({ memberId, linkId, userId, day }: OpeningCount) => JSON.stringify([memberId, linkId, userId, day])

/** One row for each link: a statement must not meet the same row twice. */
function linksOf (counts: readonly OpeningCount[]): Map<string, LinkRow> {
  const links = new Map<string, LinkRow>()
  for (const { memberId, linkId, screen, params, firstAt, lastAt } of counts) {
    const key = `${memberId} ${linkId}`
    const known = links.get(key)
    links.set(key, {
      member_id: memberId,
      id: linkId,
      screen,
      params,
      first_at: Math.min(firstAt, known?.first_at ?? firstAt),
      last_at: Math.max(lastAt, known?.last_at ?? lastAt)
    })
  }
  return links
}

const fromRow = ({ id, screen, params, first_at: firstAt, last_at: lastAt }: LinkRow): OpenedLink =>
  ({ id, screen, params: JSON.parse(params), firstAt, lastAt })

// A sum is no integer everywhere.
const total = sql<number>`cast(sum(times) as bigint)`

// What is the least of two columns is called differently by each database.
const earlier = (table: 'links' | 'openings') => chosen('<', table, 'first_at')
const later = (table: 'links' | 'openings') => chosen('>', table, 'last_at')
const chosen = (operator: '<' | '>', table: string, column: string) => {
  const [before, after] = [sql.ref(`${table}.${column}`), sql.ref(`excluded.${column}`)]
  return sql<number>`case when ${after} ${sql.raw(operator)} ${before} then ${after} else ${before} end`
}
