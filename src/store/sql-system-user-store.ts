import { sql, type Kysely } from 'kysely'
import type { BaseLogger } from 'pino'
import type { Cipher } from '../crypto/encryption.ts'
import type { Database } from './database.ts'
import { addressOf } from './installation-row.ts'
import type { TokenPair } from './installation-store.ts'
import { createSecrets, pairColumns, pairOf } from './pair-row.ts'
import type { SystemUserStore } from './pair-store.ts'
import { createSqlTokenStore, nextTokens } from './sql-token-store.ts'

const noPair = { access_token: null, refresh_token: null, expires_at: null, refreshed_at: null }

/** Removes the pair of a portal's system user: the application is being uninstalled. */
export async function removeSystemUser (db: Kysely<Database>, memberId: string, now: number): Promise<void> {
  await db.updateTable('system_users').set({ ...nextTokens(noPair, now), user_id: null })
    .where('member_id', '=', memberId).execute()
}

/** The pairs of system users, in a table of their own: what only needs the installation does not read them. */
export function createSqlSystemUserStore (
  db: Kysely<Database>, cipher: Cipher, log?: Pick<BaseLogger, 'error'>
): SystemUserStore {
  const secrets = createSecrets(cipher, log, 'system_users')
  const tokenColumns = (tokens: TokenPair, memberId: string, now: number) =>
    pairColumns(secrets, tokens, memberId, now)
  const locksRows = db.getExecutor().adapter.supportsTransactionalDdl === true
  return {
    ...createSqlTokenStore(db, 'system_users', tokenColumns),

    async get (memberId) {
      const row = await db.selectFrom('system_users').innerJoin('installations as portal', (join) =>
        // What an earlier installation may have left is nobody's.
        join.onRef('portal.member_id', '=', 'system_users.member_id')
          .onRef('portal.installed_at', '=', 'system_users.installed_at'))
        .selectAll('system_users')
        .select(['domain', 'client_endpoint', 'server_endpoint', 'scope', 'status', 'uninstalled_at'])
        .where('system_users.member_id', '=', memberId)
        .executeTakeFirst()
      return row && { ...addressOf(row), ...pairOf(secrets, row), uninstalledAt: row.uninstalled_at }
    },

    async put (memberId, userId, tokens, now) {
      const living = db.selectFrom('installations')
        .where('member_id', '=', memberId).where('uninstalled_at', 'is', null)
      await db.insertInto('system_users').columns(['member_id', 'token_version', 'updated_at'])
        .expression(living.select(['member_id', sql<number>`0`.as('token_version'), 'updated_at']))
        .onConflict((conflict) => conflict.doNothing()).execute()
      const { numUpdatedRows } = await db.updateTable('system_users')
        .set({
          ...nextTokens(tokenColumns(tokens, memberId, now), now),
          user_id: userId,
          installed_at: living.select('installed_at')
        })
        .where('member_id', '=', memberId)
        // An uninstall under way in PostgreSQL is waited for. SQLite runs one statement after the other.
        .where(({ exists }) => exists(living.select('member_id').$if(locksRows, (select) => select.forShare())))
        .executeTakeFirst()
      return numUpdatedRows === 1n
    }
  }
}
