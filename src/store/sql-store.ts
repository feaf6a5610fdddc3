// Longer than most: the statements, and the two ways between a row and an installation, change together with the table.
import { sql, type Insertable, type Kysely } from 'kysely'
import type { Database, InstallationRow, InstallationsTable } from './database.ts'
import type { BaseLogger } from 'pino'
import { memberHash } from '../logger.ts'
import type { Cipher } from './encryption.ts'
import type { BindingReport, Installation, InstallationStore, PortalAddress, RenewalState } from './installation-store.ts'
import { noRenewal, replacement } from './installation-upsert.ts'
import { deleteApprovals } from './sql-approval-store.ts'
import { deleteOpenings } from './sql-opening-store.ts'
import type { Uninstalls } from './uninstalls.ts'

type Secret = 'application_token' | 'access_token' | 'refresh_token'

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
  const encrypt = (text: string | undefined | null, memberId: string, column: Secret) =>
    typeof text === 'string' ? cipher.encrypt(text, memberId, column) : null

  const decrypt = (row: InstallationRow, column: Secret) => {
    const stored = row[column]
    try {
      return stored === null ? null : cipher.decrypt(stored, row.member_id, column)
    } catch {
      // A secret that no key opens is as good as none: calls go on, and the next installation writes a new one.
      log?.error({ member: memberHash(row.member_id), column }, 'no key of APP_SECRET opens a stored secret')
      return null
    }
  }

  const fromRow = (row: InstallationRow): Installation => {
    const [accessToken, refreshToken, expiresAt] = [decrypt(row, 'access_token'), decrypt(row, 'refresh_token'), row.expires_at]
    return {
      memberId: row.member_id,
      domain: row.domain,
      clientEndpoint: row.client_endpoint,
      serverEndpoint: row.server_endpoint,
      scope: row.scope === '' ? [] : row.scope.split(','),
      status: row.status,
      applicationToken: decrypt(row, 'application_token'),
      tokens: accessToken === null || refreshToken === null || expiresAt === null ? null : { accessToken, refreshToken, expiresAt },
      tokenVersion: row.token_version,
      refreshedAt: row.refreshed_at,
      renewal: readRenewal(row),
      userId: row.user_id,
      handlerUrl: row.handler_url,
      bindings: row.bindings === null ? null : readBindings(row.bindings),
      installedAt: row.installed_at,
      updatedAt: row.updated_at,
      uninstallRequestedAt: row.uninstall_requested_at,
      uninstalledAt: row.uninstalled_at
    }
  }

  const tokenColumns = (tokens: Installation['tokens'], memberId: string, now: number) => ({
    access_token: encrypt(tokens?.accessToken, memberId, 'access_token'),
    refresh_token: encrypt(tokens?.refreshToken, memberId, 'refresh_token'),
    expires_at: tokens?.expiresAt ?? null,
    refreshed_at: tokens === null ? null : now
  })

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
      await upsert({
        ...addressColumns(installation),
        ...tokenColumns(installation.tokens, installation.memberId, now),
        token_version: installation.tokens === null ? 0 : 1,
        application_token: encrypt(installation.applicationToken, installation.memberId, 'application_token'),
        user_id: installation.userId,
        installed_at: now,
        updated_at: now
      })
    },

    async recordPortal (portal, now) {
      await upsert({ ...addressColumns(portal), installed_at: now, updated_at: now })
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
        await deleteOpenings(transaction, memberId)
        await deleteApprovals(transaction, memberId)
        await announceUninstall(transaction, memberId)
      })
    },

    async ping () {
      await db.selectFrom('installations').select('member_id').limit(1).execute()
    }
  }
}

function addressColumns (portal: PortalAddress) {
  return {
    member_id: portal.memberId,
    domain: portal.domain,
    client_endpoint: portal.clientEndpoint,
    server_endpoint: portal.serverEndpoint,
    scope: portal.scope.join(','),
    status: portal.status
  }
}

function readRenewal ({ renewal_code: code, renewal_at: at, renewal_attempts: attempts, renewal_next_try_at: nextTryAt }: InstallationRow): RenewalState | null {
  return code === null || at === null || attempts === null ? null : { code, at, attempts, nextTryAt: nextTryAt ?? Infinity }
}

function readBindings (json: string): BindingReport {
  const report: BindingReport = JSON.parse(json)
  return report
}
