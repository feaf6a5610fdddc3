import { sql, type Kysely, type SqlBool } from 'kysely'
import type { Database } from './database.ts'
import type { LifecycleStore, TakenEvent } from './lifecycle-store.ts'

/** Whether an event may be taken. An installation that is not bound yet is not finished. */
const isDue = (now: number) => sql<SqlBool>`(lifecycle_due <= ${now}
  and (lifecycle_lease_until is null or lifecycle_lease_until <= ${now})
  and (lifecycle_event = 'uninstalled' or (lifecycle_event is not null and handler_url is not null)))`

/** The events of installations, in columns of their rows. */
export function createSqlLifecycleStore (db: Kysely<Database>): LifecycleStore {
  return {
    async takeEvent (memberId, until, now) {
      // One statement decides: a row lock in PostgreSQL, an immediate transaction in SQLite.
      const { rows: [taken] } = await sql<Omit<TakenEvent, 'until'>>`update installations
        set lifecycle_lease_until = ${until} where member_id = ${memberId} and ${isDue(now)}
        returning lifecycle_event as event, lifecycle_at as at`.execute(db)
      return taken && { ...taken, until }
    },

    async endEvent (memberId, { at, until }, retryAt) {
      const changes = retryAt === undefined
        ? { lifecycle_event: sql<null>`case when lifecycle_at <> ${at} then lifecycle_event end` }
        : { lifecycle_due: sql<number>`case when lifecycle_at <> ${at} then lifecycle_due else ${retryAt} end` }
      await db.updateTable('installations').set({ ...changes, lifecycle_lease_until: null })
        .where('member_id', '=', memberId).where('lifecycle_lease_until', '=', until)
        .execute()
    },

    async dueEvents (now, limit) {
      const rows = await db.selectFrom('installations').select('member_id')
        .where('lifecycle_event', 'is not', null).where(isDue(now))
        .orderBy('lifecycle_due').orderBy('member_id').limit(limit).execute()
      return rows.map((row) => row.member_id)
    }
  }
}
