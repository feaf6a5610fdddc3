import { sql, type Insertable, type Kysely } from 'kysely'
import type { Database, InstallationsTable } from './database.ts'
import type { BaseLogger } from 'pino'
import type { Cipher } from './encryption.ts'
import { createRowMapper, newRowOf } from './installation-row.ts'
import type { Installation, InstallationStore } from './installation-store.ts'
import { noRenewal, replacement } from './installation-upsert.ts'
import { deleteApprovals } from './sql-approval-store.ts'
import { deleteOpenings } from './sql-opening-store.ts'
import type { Uninstalls } from './uninstalls.ts'

export interface SqlStoreOptions {
  /** The tables must be there */
  db: Kysely<Database>
  cipher: Cipher
  /** Tells who listens, once the transaction is done */
  announceUninstall: Uninstalls['announce']
  log?: Pick<BaseLogger, 'error'> | undefined
}

/** The store over any SQL dialect of kysely. It does not close the database. */
export function createSqlStore ({ db, cipher, announceUninstall, log }: SqlStoreOptions): Omit<InstallationStore, 'close'> {
  const { fromRow, newRow, tokenColumns } = createRowMapper(cipher, log)

  const nextTokens = (tokens: Installation['tokens'], memberId: string, now: number) => ({
    ...tokenColumns(tokens, memberId, now),
    ...noRenewal,
    token_version: sql<number>`token_version + 1`,
    updated_at: now
  })

  // One statement, so that calls at the same time cannot undo one another. What the new row does not say is null.
  const upsert = async (row: Insertable<InstallationsTable>) => {
    await db.insertInto('installations').values(row)
      .onConflict((conflict) => conflict.column('member_id').doUpdateSet(replacement))
      .execute()
  }

  const updateLiving = (memberId: string, connection = db) =>
    connection.updateTable('installations').where('member_id', '=', memberId).where('uninstalled_at', 'is', null)

  return {
    async get (memberId) {
      const row = await db.selectFrom('installations').selectAll().where('member_id', '=', memberId).executeTakeFirst()
      return row && fromRow(row)
    },

    async install (installation, now) {
      await upsert(newRow(installation, now))
    },

    async recordPortal (portal, now) {
      await upsert(newRowOf(portal, now))
    },

    async recordBindings (memberId, handlerUrl, report, now) {
      await updateLiving(memberId)
        .set({ handler_url: handlerUrl, bindings: JSON.stringify(report), updated_at: now })
        .execute()
    },

    async replaceTokens (memberId, tokens, now, expectedVersion) {
      const { numUpdatedRows } = await updateLiving(memberId)
        .$if(expectedVersion !== undefined, (update) => update.where('token_version', '=', expectedVersion as number)) // just asked
        .set(nextTokens(tokens, memberId, now))
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },

    async recordRenewal (memberId, { code, at, attempts, nextTryAt }, expectedVersion) {
      await updateLiving(memberId).where('token_version', '=', expectedVersion)
        .set({ renewal_code: code, renewal_at: at, renewal_attempts: attempts, renewal_next_try_at: nextTryAt === Infinity ? null : nextTryAt })
        .execute()
    },

    async acquireTokenLease (memberId, owner, until, now) {
      // One statement decides: a row lock in PostgreSQL, an immediate transaction in SQLite.
      const { numUpdatedRows } = await updateLiving(memberId)
        .where((where) => where.or([where('lease_until', 'is', null), where('lease_until', '<=', now)]))
        .set({ lease_owner: owner, lease_until: until })
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },

    async releaseTokenLease (memberId, owner) {
      await updateLiving(memberId).where('lease_owner', '=', owner).set({ lease_owner: null, lease_until: null }).execute()
    },

    async staleTokens (refreshedBefore, limit) {
      const rows = await db.selectFrom('installations').select('member_id')
        .where('refreshed_at', '<', refreshedBefore)
        .where((where) => where.or([where('renewal_code', 'is', null), where('renewal_next_try_at', 'is not', null)]))
        .orderBy((order) => order.fn.coalesce('renewal_attempts', order.lit(0))).orderBy('refreshed_at').orderBy('member_id')
        .limit(limit).execute()
      return rows.map((row) => row.member_id)
    },

    async requestUninstall (memberId, now) {
      await updateLiving(memberId)
        .where('uninstall_requested_at', 'is', null)
        .set({ uninstall_requested_at: now, updated_at: now })
        .execute()
    },

    async dropUninstallRequest (memberId) {
      await updateLiving(memberId).set({ uninstall_requested_at: null }).execute()
    },

    async uninstallRequests () {
      const rows = await db.selectFrom('installations').selectAll()
        .where('uninstall_requested_at', 'is not', null)
        .orderBy('uninstall_requested_at').orderBy('member_id')
        .execute()
      return rows.map(fromRow)
    },

    async markUninstalled (memberId, now) {
      await db.transaction().execute(async (transaction) => {
        await updateLiving(memberId, transaction)
          .set({
            ...nextTokens(null, memberId, now),
            application_token: null,
            uninstall_requested_at: null,
            uninstalled_at: now
          })
          .execute()
        await deleteApprovals(transaction, memberId)
        await announceUninstall(transaction, memberId)
      })
      // There may be many of them.
      await deleteOpenings(db, memberId)
    },

    async ping () {
      await db.selectFrom('installations').select('member_id').limit(1).execute()
    }
  }
}
