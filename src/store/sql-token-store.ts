import { sql, type Kysely, type SqlBool } from 'kysely'
import type { Database, PairColumns } from './database.ts'
import type { TokenPair } from './installation-store.ts'
import type { PairStore } from './pair-store.ts'

/** The tables with token pairs. */
type PairTable = 'installations' | 'system_users'

/** Maps a pair to the columns of a table. */
type TokenColumns = (tokens: TokenPair, memberId: string, now: number, candidateRefreshToken?: string) => object

// Milliseconds by which the clock of another process may be ahead. A lease from a clock that is wrong by hours, and was
// not given back, must not keep everybody out for hours.
const clockSkew = 300_000

export const updateLiving = (db: Kysely<Database>, memberId: string) =>
  db.updateTable('installations').where('member_id', '=', memberId).where('uninstalled_at', 'is', null)

/** The columns of the next pair, or of no pair any more. */
export const nextTokens = <Columns extends object>(tokenColumns: Columns, now: number) => ({
  ...tokenColumns,
  // Nothing speaks against a refresh of a new pair.
  refresh_code: null,
  refresh_at: null,
  refresh_attempts: null,
  refresh_next_try_at: null,
  token_version: sql<number>`token_version + 1`,
  updated_at: now
})

/** The token pairs of a table, and the right to refresh them. */
export function createSqlTokenStore (
  database: Kysely<Database>, table: PairTable, tokenColumns: TokenColumns
): Omit<PairStore, 'get'> {
  // kysely makes no one type of two tables.
  const db = database as unknown as Kysely<Record<PairTable, PairColumns>> // both have these columns
  const isLiving = table === 'installations' ? sql<SqlBool>`uninstalled_at is null` : sql<SqlBool>`user_id is not null`
  const living = (memberId: string) => db.updateTable(table).where('member_id', '=', memberId).where(isLiving)
  // Both as the index has them.
  const refreshable = () => db.selectFrom(table)
    .where((where) => where.or([where('refresh_code', 'is', null), where('refresh_next_try_at', 'is not', null)]))
  const attempted = sql<number>`coalesce(refresh_attempts, 0)`

  /** The next larger number of refusals that a pair has. */
  async function moreThan (attempts: number): Promise<number | undefined> {
    const row = await refreshable().select(attempted.as('attempts')).where(attempted, '>', attempts)
      .orderBy(attempted).limit(1).executeTakeFirst()
    return row?.attempts
  }

  return {
    async replaceTokens (memberId, tokens, now, expectedVersion, candidateRefreshToken) {
      const { numUpdatedRows } = await living(memberId)
        // The condition has just said that it is a number.
        .$if(expectedVersion !== undefined, (update) => update.where('token_version', '=', expectedVersion as number))
        .$if(tokens.userId !== undefined, (update) => update.set({ user_id: tokens.userId as number }))
        .set(nextTokens(tokenColumns(tokens, memberId, now, candidateRefreshToken), now))
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },

    async recordRefresh (memberId, { code, at, attempts, nextTryAt }, expectedVersion) {
      await living(memberId).where('token_version', '=', expectedVersion)
        .set({
          refresh_code: code,
          refresh_at: at,
          refresh_attempts: attempts,
          refresh_next_try_at: nextTryAt === Infinity ? null : nextTryAt
        })
        .execute()
    },

    async acquireTokenLease (memberId, owner, until, now) {
      // One statement decides: a row lock in PostgreSQL, an immediate transaction in SQLite.
      const { numUpdatedRows } = await living(memberId)
        .where((where) => where.or([
          where('lease_until', 'is', null), where('lease_until', '<=', now),
          where('lease_until', '>', until + clockSkew)
        ]))
        .set({ lease_owner: owner, lease_until: until })
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },

    async releaseTokenLease (memberId, owner) {
      await living(memberId).where('lease_owner', '=', owner)
        .set({ lease_owner: null, lease_until: null }).execute()
    },

    async staleTokens (refreshedBefore, limit) {
      const found: string[] = []
      // One look for each number of refusals: each follows an index to the oldest pairs, however many are stored.
      for (let attempts: number | undefined = 0; attempts !== undefined;) {
        const rows = await refreshable().select('member_id')
          .where(attempted, '=', attempts)
          .where('refreshed_at', '<', refreshedBefore)
          .orderBy('refreshed_at').orderBy('member_id')
          .limit(limit - found.length).execute()
        found.push(...rows.map((row) => row.member_id))
        attempts = found.length === limit ? undefined : await moreThan(attempts)
      }
      return found
    }
  }
}
