import { sql, type Kysely, type SqlBool } from 'kysely'
import type { Database } from './database.ts'
import type { ChangeStore, TakenChange } from './change-store.ts'

/** Whether a change may be taken. An installation that is not bound yet is not finished. */
const isDue = (now: number) => sql<SqlBool>`(change_due <= ${now}
  and (change_lease_until is null or change_lease_until <= ${now})
  and (change = 'uninstalled' or (change is not null and handler_url is not null)))`

/** The changes of installations, in columns of their rows. */
export function createSqlChangeStore (db: Kysely<Database>): ChangeStore {
  return {
    async takeChange (memberId, until, now) {
      // One statement decides: a row lock in PostgreSQL, an immediate transaction in SQLite.
      const { rows: [taken] } = await sql<Omit<TakenChange, 'until'>>`update installations
        set change_lease_until = ${until} where member_id = ${memberId} and ${isDue(now)}
        returning change, change_at as at`.execute(db)
      return taken && { ...taken, until }
    },

    async endChange (memberId, { at, until }, retryAt) {
      const changes = retryAt === undefined
        ? { change: sql<null>`case when change_at <> ${at} then change end` }
        : { change_due: sql<number>`case when change_at <> ${at} then change_due else ${retryAt} end` }
      await db.updateTable('installations').set({ ...changes, change_lease_until: null })
        .where('member_id', '=', memberId).where('change_lease_until', '=', until)
        .execute()
    },

    async dueChanges (now, limit) {
      const rows = await db.selectFrom('installations').select('member_id')
        .where('change', 'is not', null).where(isDue(now))
        .orderBy('change_due').orderBy('member_id').limit(limit).execute()
      return rows.map((row) => row.member_id)
    }
  }
}
