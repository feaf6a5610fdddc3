import type { Insertable, Kysely } from 'kysely'
import type { BaseLogger } from 'pino'
import type { Cipher } from '../crypto/encryption.ts'
import type { Changes } from './changes.ts'
import type { Database, InstallationsTable } from './database.ts'
import { createRowMapper, changeColumns, newRowOf, readHosts } from './installation-row.ts'
import type { InstallationStore } from './installation-store.ts'
import { isReplaced, newRequest, replacement, type SeenTombstone } from './installation-upsert.ts'
import { createSqlChangeStore } from './sql-change-store.ts'
import { createSqlSystemUserStore, removeSystemUser } from './sql-system-user-store.ts'
import { createSqlTokenStore, nextTokens, updateLiving } from './sql-token-store.ts'

const maxHosts = 5

interface SqlStoreOptions {
  /** The tables must be there */
  db: Kysely<Database>
  cipher: Cipher
  notifying: Changes['notifying']
  log?: Pick<BaseLogger, 'error'> | undefined
}

/** The installations in any SQL database that kysely can use. It does not close the database. */
export function createSqlStore ({ db, cipher, notifying, log }: SqlStoreOptions): Omit<InstallationStore, 'close'> {
  const rows = createRowMapper(cipher, log)

  // One statement, so that concurrent calls cannot undo one another. What the new row does not say is null.
  // Returns nothing when the row has become a tombstone since it was read.
  const upsert = async (
    row: Insertable<InstallationsTable>, changes: typeof replacement, seen?: SeenTombstone, connection = db
  ) =>
    await connection.insertInto('installations').values(row)
      .onConflict((conflict) => conflict.column('member_id').doUpdateSet(changes).where(isReplaced(seen)))
      .returning('installed_at').executeTakeFirst()

  return {
    ...createSqlTokenStore(db, 'installations', rows.tokenColumns),
    ...createSqlChangeStore(db),
    systemUsers: createSqlSystemUserStore(db, cipher, log),

    async get (memberId) {
      const row = await db.selectFrom('installations').selectAll().where('member_id', '=', memberId).executeTakeFirst()
      return row && rows.fromRow(row)
    },

    async install (installation, now, seen) {
      const row = await notifying(db, installation.memberId, (connection) =>
        upsert(rows.newRow(installation, now), replacement, seen, connection))
      return row !== undefined
    },

    async recordPortal (portal, now, seen) {
      const changes = { ...replacement, uninstall_requested_at: newRequest(seen) }
      const row = await upsert(newRowOf(portal, now), changes, seen)
      return row?.installed_at ?? null
    },

    async replaceApplicationToken (memberId, applicationToken, now) {
      await notifying(db, memberId, (connection) => updateLiving(connection, memberId)
        .set({ ...rows.applicationTokenColumn(applicationToken, memberId), updated_at: now }).execute())
    },

    async recordBindings (memberId, handlerUrl, report, now) {
      await updateLiving(db, memberId)
        .set({ handler_url: handlerUrl, bindings: JSON.stringify(report), updated_at: now })
        .execute()
    },

    async rememberHost (memberId, origin, now) {
      const row = await db.selectFrom('installations').select('hosts')
        .where('member_id', '=', memberId).executeTakeFirst()
      if (row === undefined) return
      const hosts = [...readHosts(row.hosts).filter((host) => host !== origin), origin].slice(-maxHosts)
      // If another instance has written meanwhile, its hosts stay: this one comes again with the next call.
      await updateLiving(db, memberId).where('hosts', 'is not distinct from', row.hosts)
        .set({ hosts: hosts.join(), updated_at: now })
        .execute()
    },

    async requestUninstall (memberId, clean, now) {
      await updateLiving(db, memberId)
        .where(({ eb, or }) => or([
          eb('uninstall_requested_at', 'is', null), eb('uninstall_clean', '>', Number(clean))
        ]))
        .set(({ fn, val }) => ({
          uninstall_requested_at: fn.coalesce('uninstall_requested_at', val(now)),
          uninstall_clean: Number(clean),
          updated_at: now
        }))
        .execute()
    },

    async dropUninstallRequest (memberId, requestedAt) {
      await updateLiving(db, memberId).where('uninstall_requested_at', '=', requestedAt)
        .set({ uninstall_requested_at: null }).execute()
    },

    async uninstallRequests () {
      const requests = await db.selectFrom('installations').selectAll()
        .where('uninstall_requested_at', 'is not', null)
        .orderBy('uninstall_requested_at').orderBy('member_id')
        .execute()
      return requests.map(rows.fromRow)
    },

    async markUninstalled (memberId, now, seen) {
      return await notifying(db, memberId, async (connection) => {
        const { numUpdatedRows } = await updateLiving(connection, memberId)
          .$if(seen !== undefined, (update) => update
            .where('uninstall_requested_at', '=', seen?.uninstallRequestedAt ?? null)
            .where('token_version', '=', Number(seen?.tokenVersion)))
          .set({
            ...nextTokens(rows.tokenColumns(null, memberId, now), now),
            application_token: null,
            hosts: null,
            uninstall_requested_at: null,
            uninstalled_at: now,
            ...changeColumns('uninstalled', now)
          })
          .executeTakeFirst()
        if (numUpdatedRows === 0n) return false
        await removeSystemUser(connection, memberId, now)
        return true
      })
    },

    async clearTombstones (uninstalledBefore, limit) {
      const { numUpdatedRows } = await db.updateTable('installations')
        .set({ domain: '', client_endpoint: '', scope: '', user_id: null, handler_url: null, bindings: null })
        // Checked again on the row itself: a call may recover it meanwhile.
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
