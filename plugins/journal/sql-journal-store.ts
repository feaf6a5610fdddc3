import { setImmediate } from 'node:timers/promises'
import { CompiledQuery, sql, type Kysely, type RawBuilder } from 'kysely'
import type { JournalEntry } from './entries.ts'
import type { JournalRow, JournalTables } from './tables.ts'

/** Where a search goes on: behind this entry, towards older ones. */
export interface Position { at: number, id: number }

export interface JournalSearch {
  /** Default: of all portals */
  memberId?: string | undefined
  /** A method, also within batches; or the name of an event. In whatever case, as portals take them */
  method?: string | undefined
  requestId?: string | undefined
  /** Milliseconds since 1970: not before, and before */
  from?: number | undefined
  until?: number | undefined
  /** The last entry of the page before */
  after?: Position | undefined
  /** Entries at most */
  limit: number
}

export type JournalStore = ReturnType<typeof createSqlJournalStore>

// A database in this process answers nobody else while it works on a statement. But each that writes is a commit, and
// writes all pages that it has touched: four times 50 rows take twice the time of 200.
const [rowsWritten, rowsLookedAt, rowsDeleted] = [200, 2000, 500]

/** The journal, in any SQL database that kysely can use. Every method rejects with the error of the database. */
export function createSqlJournalStore (database: Kysely<JournalTables>) {
  const ofMember = (memberId: string | undefined) =>
    memberId === undefined ? sql`1 = 1` : sql`member_id = ${memberId}`
  const olderThan = ({ at, id }: Position) => sql`(at, id) < (${at}, ${id})`

  /** When the entry that is `count` older began; undefined: there are not so many. */
  async function atOlder (memberId: string | undefined, position: Position, count: number) {
    const { rows: [row] } = await sql<{ at: number }>`select at from journal
      where ${ofMember(memberId)} and ${olderThan(position)}
      order by at desc, id desc limit 1 offset ${count - 1}`.execute(database)
    return row?.at
  }

  async function deleteWhere (condition: RawBuilder<unknown>): Promise<void> {
    const some = sql`delete from journal where (member_id, at, id) in
      (select member_id, at, id from journal where ${condition} limit ${rowsDeleted})`
    while (Number((await some.execute(database)).numAffectedRows) === rowsDeleted) await setImmediate()
  }

  const insert = (rows: JournalRow[]) =>
    database.insertInto('journal').values(rows).onConflict(conflict => conflict.doNothing())
  let insertOfFull: string | undefined

  return {
    /** An entry that is there already, because its answer was lost, is not written twice. */
    async record (entries: readonly JournalEntry[]): Promise<void> {
      for (let start = 0; start < entries.length; start += rowsWritten) {
        const rows = entries.slice(start, start + rowsWritten).map(toRow)
        if (rows.length < rowsWritten) {
          await insert(rows).execute()
        } else {
          // kysely takes longer to write such a statement than SQLite to run it.
          insertOfFull ??= insert(rows).compile().sql
          await database.executeQuery(CompiledQuery.raw(insertOfFull, rows.flatMap(row => Object.values(row))))
        }
      }
    },

    /** The newest first. Looks at some rows at a time, however many there are. */
    async find (search: JournalSearch): Promise<JournalEntry[]> {
      const { memberId, method, requestId, from = 0, until = Infinity, after, limit } = search
      const found: JournalEntry[] = []
      const last = { at: Math.min(until, Number.MAX_SAFE_INTEGER), id: 0 }
      let position: Position | undefined = after && after.at < last.at ? after : last
      while (position !== undefined) {
        const start = await atOlder(memberId, position, rowsLookedAt)
        const rows = await database.selectFrom('journal').selectAll()
          .where(sql<boolean>`${ofMember(memberId)} and ${olderThan(position)}`)
          .where('at', '>=', Math.max(from, start ?? 0))
          .$if(requestId !== undefined, query => query.where('request_id', '=', String(requestId)))
          .$if(method !== undefined, query => query.where(sql<boolean>`
            lower(' ' || method || ' ' || methods) like ${`% ${escaped(method)} %`} escape '!'`))
          .orderBy('at', 'desc').orderBy('id', 'desc').limit(limit - found.length).execute()
        for (const row of rows) found.push(fromRow(row))
        const isDone = found.length === limit || start === undefined || start < from
        position = isDone ? undefined : { at: start, id: 0 }
        if (!isDone) await setImmediate()
      }
      return found
    },

    /** Deletes what began before, and all of portals without the application. */
    async purge (before: number): Promise<void> {
      await deleteWhere(sql`at < ${before}`)
      await deleteWhere(sql`member_id in (select member_id from installations where uninstalled_at is not null)`)
    },

    /** How many there are of each portal. Counts one portal at a time. */
    async counts (): Promise<Map<string, number>> {
      const counts = new Map<string, number>()
      for (let last: string | undefined = ''; last !== undefined; await setImmediate()) {
        const { rows: [row] } = await sql<{ memberId: string, count: number }>`
          select member_id as ${sql.ref('memberId')}, count(*) as count from journal
          where member_id = (select min(member_id) from journal where member_id > ${last})
          group by member_id`.execute(database)
        if (row !== undefined) counts.set(row.memberId, row.count)
        last = row?.memberId
      }
      return counts
    },

    /** Deletes the oldest of a portal beyond so many. */
    async trim (memberId: string, max: number): Promise<void> {
      let at: number | undefined = Number.MAX_SAFE_INTEGER
      for (let left = max; left > 0 && at !== undefined; left -= rowsLookedAt) {
        at = await atOlder(memberId, { at, id: 0 }, Math.min(left, rowsLookedAt))
        await setImmediate()
      }
      if (at !== undefined) await deleteWhere(sql`member_id = ${memberId} and at < ${at}`)
    },

    /** Deletes all of a portal, or all. */
    async forget (memberId?: string): Promise<void> {
      await deleteWhere(ofMember(memberId))
    }
  }
}

const escaped = (text = ''): string => text.toLowerCase().replaceAll(/[!%_]/g, '!$&')

/** The columns of all rows are in one order. */
function toRow ({ memberId, methods: called, userId, requestId, ...entry }: JournalEntry): JournalRow {
  const { at, id, kind, method, params, status, code, sent, received, ms } = entry
  const methods = called.length === 0 ? '' : ` ${called.join(' ')} `
  const ids = { user_id: userId, request_id: requestId }
  return { member_id: memberId, at, id, kind, method, methods, params, ...ids, status, code, sent, received, ms }
}

function fromRow (row: JournalRow): JournalEntry {
  const { member_id: memberId, methods, user_id: userId, request_id: requestId, kind, ...entry } = row
  return {
    ...entry,
    memberId,
    kind: kind as JournalEntry['kind'], // as it was written
    methods: methods.trim().split(' ').filter(Boolean),
    userId,
    requestId
  }
}
