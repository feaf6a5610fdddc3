import { setImmediate } from 'node:timers/promises'
import { sql, type Kysely } from 'kysely'
import type { BaseLogger } from 'pino'
import type { Database } from '../../../src/store/database.ts'
import { migrate } from '../../../src/store/migrations.ts'
import visitTables, { type VisitTables } from '../tables.ts'
import { admitted } from './admit-visits.ts'
import { addVisits, chunks, deleteAll, takeBack } from './visit-rows.ts'
import type { DailyVisits, OpenedLink, UserVisits, VisitCount } from './visit-types.ts'

export type VisitStore = Awaited<ReturnType<typeof createSqlVisitStore>>

/** A small statement: deleted visits have to be subtracted from the sums. */
const purgedAtOnce = 100
const tables = Object.keys(visitTables.tables) as Array<keyof VisitTables> // they are all there are

/**
 * Who opened which link of a portal, in any SQL database that kysely can use; brings its tables up to date. Every
 * method rejects with the error of the database.
 */
export async function createSqlVisitStore (database: Kysely<Database>, log?: Pick<BaseLogger, 'info'>) {
  await migrate(database, visitTables, log)
  const db = database.withTables<VisitTables>()

  async function daysOf (memberId: string, linkIds: readonly string[], fromDay: string) {
    const rows = await db.selectFrom('link_days').select(['link_id', 'day', 'times'])
      .where('member_id', '=', memberId).where('link_id', 'in', linkIds).where('day', '>=', fromDay)
      .orderBy('link_id').orderBy('day').execute()
    return byLink(rows, ({ day, times }): DailyVisits => ({ day, times }))
  }

  async function usersOf (memberId: string, linkIds: readonly string[], limit: number) {
    const openers = new Map<string, UserVisits[]>()
    // SQLite joins no more than 500.
    for (const some of chunks(linkIds)) {
      // Each link has its own limit: it may have been opened by thousands.
      const tops = some.map((id) => sql`select * from (
        select link_id, user_id, times, first_at, last_at from link_users
        where member_id = ${memberId} and link_id = ${id} order by times desc, user_id limit ${limit}) as top`)
      const { rows } = await sql<UserRow>`${sql.join(tops, sql` union all `)}`.execute(db)
      for (const [id, users] of byLink(rows, toUser)) openers.set(id, users)
    }
    return openers
  }

  /** Deletes some visits of old days, and returns whether there may be more. */
  async function purgeSome (beforeDay: string): Promise<boolean> {
    return await db.transaction().execute(async (transaction) => {
      const visits = await transaction.deleteFrom('visits')
        .where(({ eb, refTuple, selectFrom }) => eb(refTuple('member_id', 'link_id', 'user_id', 'day'), 'in',
          selectFrom('visits').select(['member_id', 'link_id', 'user_id', 'day'])
            .where('day', '<', beforeDay).limit(purgedAtOnce)
            .$asTuple('member_id', 'link_id', 'user_id', 'day')))
        .returningAll().execute()
      await takeBack(transaction, visits)
      return visits.length === purgedAtOnce
    })
  }

  return {
    /**
     * Adds the counts to what is stored: all of them, or none when it rejects.
     *
     * @param counts at most one for each link, user and day
     * @returns those that were skipped, because their portal has used up what is kept of one day
     */
    async record (counts: readonly VisitCount[]): Promise<VisitCount[]> {
      return await db.transaction().execute(async (transaction) => {
        const { kept, skipped } = await admitted(transaction, counts)
        await addVisits(transaction, kept)
        return skipped
      })
    },

    async find (memberId: string, linkId: string): Promise<OpenedLink | undefined> {
      const row = await db.selectFrom('links').selectAll()
        .where('member_id', '=', memberId).where('id', '=', linkId).executeTakeFirst()
      return row && fromRow(row)
    },

    async hasOpened (memberId: string, linkId: string, userId: number): Promise<boolean> {
      const row = await db.selectFrom('link_users').select('times')
        .where('member_id', '=', memberId).where('link_id', '=', linkId).where('user_id', '=', userId)
        .executeTakeFirst()
      return row !== undefined
    },

    /** The links of a portal, or those that one user has opened; the last opened first. */
    async links (memberId: string, limit: number, userId: number | undefined): Promise<OpenedLink[]> {
      const links = db.selectFrom('links').selectAll('links').where('links.member_id', '=', memberId).limit(limit)
      const rows = userId === undefined
        ? await links.orderBy('links.last_at', 'desc').orderBy('links.id').execute()
        : await links
          .innerJoin('link_users', (join) => join
            .onRef('link_users.member_id', '=', 'links.member_id').onRef('link_users.link_id', '=', 'links.id'))
          .where('link_users.member_id', '=', memberId).where('link_users.user_id', '=', userId)
          .orderBy('link_users.last_at', 'desc').orderBy('link_users.link_id').execute()
      return rows.map(fromRow)
    },

    /**
     * Adds their visits to links of a portal: the days with visits since `fromDay`, in order, and so many users at
     * most, those who opened it most often on all days first.
     */
    async totals<Link extends { id: string }> (
      memberId: string, links: readonly Link[], fromDay: string, users: number
    ): Promise<Array<Link & { days: DailyVisits[], users: UserVisits[] }>> {
      if (links.length === 0) return []
      const ids = links.map(({ id }) => id)
      const days = await daysOf(memberId, ids, fromDay)
      const openers = users === 0 ? new Map<string, UserVisits[]>() : await usersOf(memberId, ids, users)
      return links.map((link) => ({ ...link, days: days.get(link.id) ?? [], users: openers.get(link.id) ?? [] }))
    },

    /** Deletes days before that, links that nobody opened since, and all of portals without the application. */
    async purge (beforeDay: string): Promise<void> {
      while (await purgeSome(beforeDay)) await setImmediate()
      await deleteAll(db, 'link_days', sql`day < ${beforeDay}`)
      await deleteAll(db, 'links', sql`last_at < ${Date.parse(beforeDay)}`)
      const isUninstalled = sql`member_id in (select member_id from installations where uninstalled_at is not null)`
      for (const table of tables) await deleteAll(db, table, isUninstalled)
    },

    async forget (memberId: string): Promise<void> {
      for (const table of tables) await deleteAll(db, table, sql`member_id = ${memberId}`)
    }
  }
}

type UserRow = Omit<VisitTables['link_users'], 'member_id'>

function byLink<Row extends { link_id: string }, Item> (
  rows: readonly Row[], toItem: (row: Row) => Item
): Map<string, Item[]> {
  const links = Map.groupBy(rows, ({ link_id: id }) => id)
  return new Map([...links].map(([id, rows]) => [id, rows.map(toItem)]))
}

const toUser = ({ user_id: userId, times, first_at: firstAt, last_at: lastAt }: UserRow): UserVisits =>
  ({ userId, times, firstAt, lastAt })

const fromRow = ({ id, screen, params, first_at: firstAt, last_at: lastAt }: VisitTables['links']): OpenedLink =>
  ({ id, screen, params: JSON.parse(params), firstAt, lastAt })
