import { sql, type Insertable, type Kysely, type Transaction } from 'kysely'
import type { Database, InstallationsTable } from './database.ts'
import type { BaseLogger } from 'pino'
import type { Cipher } from '../crypto/encryption.ts'
import { createRowMapper, newRowOf, readHosts } from './installation-row.ts'
import type { Installation, InstallationStore } from './installation-store.ts'
import { isReplaced, newRequest, noRefresh, replacement, type SeenTombstone } from './installation-upsert.ts'
import { deleteApprovals } from '../../routes/screens/approval/sql-approval-store.ts'
import { deleteVisits } from '../../plugins/links/visits/sql-visit-store.ts'
import type { Uninstalls } from './changes.ts'

const maxHosts = 5

export interface SqlStoreOptions {
  /** The tables must be there */
  db: Kysely<Database>
  cipher: Cipher
  announced: Uninstalls['announced']
  log?: Pick<BaseLogger, 'error'> | undefined
}

/** The store over any SQL dialect of kysely. It does not close the database. */
export function createSqlStore ({ db, cipher, announced, log }: SqlStoreOptions): Omit<InstallationStore, 'close'> {
  const { applicationTokenColumn, fromRow, newRow, tokenColumns } = createRowMapper(cipher, log)

  const nextTokens = (tokens: Installation['tokens'], memberId: string, now: number, candidateRefreshToken?: string) => ({
    ...tokenColumns(tokens, memberId, now, candidateRefreshToken),
    ...noRefresh,
    token_version: sql<number>`token_version + 1`,
    updated_at: now
  })

  // One statement, so that calls at the same time cannot undo one another. What the new row does not say is null.
  // Out: nothing when the row is a tombstone that was not there when it was looked for.
  const upsert = async (
    row: Insertable<InstallationsTable>, changes: typeof replacement, seen?: SeenTombstone, connection = db
  ) =>
    await connection.insertInto('installations').values(row)
      .onConflict((conflict) => conflict.column('member_id').doUpdateSet(changes).where(isReplaced(seen)))
      .returning('installed_at').executeTakeFirst()

  const updateLiving = (memberId: string, connection = db) =>
    connection.updateTable('installations').where('member_id', '=', memberId).where('uninstalled_at', 'is', null)

  // To notify of a change takes a transaction in some databases.
  const atomically = <T>(
    connection: Kysely<Database>, change: (transaction: Transaction<Database>) => Promise<T>
  ): Promise<T> =>
      connection.isTransaction ? change(connection as Transaction<Database>) : connection.transaction().execute(change)

  return {
    async get (memberId) {
      const row = await db.selectFrom('installations').selectAll().where('member_id', '=', memberId).executeTakeFirst()
      return row && fromRow(row)
    },

    async install (installation, now, seen) {
      const row = await announced(db, installation.memberId, (connection) =>
        upsert(newRow(installation, now), replacement, seen, connection))
      return row !== undefined
    },

    async recordPortal (portal, now, seen) {
      const row = await upsert(newRowOf(portal, now), { ...replacement, uninstall_requested_at: newRequest(seen) }, seen)
      return row?.installed_at ?? null
    },

    async replaceApplicationToken (memberId, applicationToken, now) {
      await announced(db, memberId, (connection) => updateLiving(memberId, connection)
        .set({ ...applicationTokenColumn(applicationToken, memberId), updated_at: now }).execute())
    },

    async recordBindings (memberId, handlerUrl, report, now) {
      await updateLiving(memberId)
        .set({ handler_url: handlerUrl, bindings: JSON.stringify(report), updated_at: now })
        .execute()
    },

    async rememberHost (memberId, origin, now) {
      const row = await db.selectFrom('installations').select('hosts').where('member_id', '=', memberId).executeTakeFirst()
      if (row === undefined) return
      const hosts = [...readHosts(row.hosts).filter((host) => host !== origin), origin].slice(-maxHosts)
      // What somebody else has remembered meanwhile stays: this one comes again with the next call.
      await updateLiving(memberId).where('hosts', 'is not distinct from', row.hosts)
        .set({ hosts: hosts.join(), updated_at: now })
        .execute()
    },

    async replaceTokens (memberId, tokens, now, expectedVersion, candidateRefreshToken) {
      const { numUpdatedRows } = await updateLiving(memberId)
        .$if(expectedVersion !== undefined, (update) => update.where('token_version', '=', expectedVersion as number)) // just asked
        .set(nextTokens(tokens, memberId, now, candidateRefreshToken))
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },

    async recordRefresh (memberId, { code, at, attempts, nextTryAt }, expectedVersion) {
      await updateLiving(memberId).where('token_version', '=', expectedVersion)
        .set({ refresh_code: code, refresh_at: at, refresh_attempts: attempts, refresh_next_try_at: nextTryAt === Infinity ? null : nextTryAt })
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
        .where((where) => where.or([where('refresh_code', 'is', null), where('refresh_next_try_at', 'is not', null)]))
        .orderBy((order) => order.fn.coalesce('refresh_attempts', order.lit(0))).orderBy('refreshed_at').orderBy('member_id')
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
      await announced(db, memberId, (connection) => atomically(connection, async (transaction) => {
        await updateLiving(memberId, transaction)
          .set({
            ...nextTokens(null, memberId, now),
            application_token: null,
            hosts: null,
            uninstall_requested_at: null,
            uninstalled_at: now
          })
          .execute()
        await deleteApprovals(transaction, memberId)
      }))
      // There may be many of them.
      await deleteVisits(db, memberId)
    },

    async clearTombstones (uninstalledBefore, limit) {
      const { numUpdatedRows } = await db.updateTable('installations')
        .set({ domain: '', client_endpoint: '', scope: '', user_id: null, handler_url: null, bindings: null })
        // Asked again of the row itself: a call may recover it meanwhile.
        .where('uninstalled_at', '<', uninstalledBefore)
        .where('member_id', 'in', (select) => select.selectFrom('installations').select('member_id')
          .where('uninstalled_at', '<', uninstalledBefore).where('domain', '<>', '')
          .orderBy('uninstalled_at').limit(limit))
        .executeTakeFirst()
      return Number(numUpdatedRows)
    },

    async ping () {
      await db.selectFrom('installations').select('member_id').limit(1).execute()
    }
  }
}
