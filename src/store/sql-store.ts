// Longer than most: the statements, and the two ways between a row and an installation, change together with the table.
import { sql, type Insertable, type Kysely } from 'kysely'
import type { Database, InstallationRow, InstallationsTable } from './database.ts'
import type { BaseLogger } from 'pino'
import { memberHash } from '../logger.ts'
import type { Cipher } from './encryption.ts'
import type { BindingReport, Installation, InstallationStore, PortalAddress } from './installation-store.ts'
import { deleteApprovals } from './sql-approval-store.ts'
import { deleteOpenings } from './sql-opening-store.ts'

type Secret = 'application_token' | 'access_token' | 'refresh_token'

/** The store over any SQL dialect of kysely. The tables must be there; `close` closes the database. */
export function createSqlStore (db: Kysely<Database>, cipher: Cipher, log?: Pick<BaseLogger, 'error'>): InstallationStore {
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
      userId: row.user_id,
      handlerUrl: row.handler_url,
      bindings: row.bindings === null ? null : readBindings(row.bindings),
      installedAt: row.installed_at,
      updatedAt: row.updated_at,
      uninstallRequestedAt: row.uninstall_requested_at,
      uninstalledAt: row.uninstalled_at
    }
  }

  const tokenColumns = (tokens: Installation['tokens'], memberId: string) => ({
    access_token: encrypt(tokens?.accessToken, memberId, 'access_token'),
    refresh_token: encrypt(tokens?.refreshToken, memberId, 'refresh_token'),
    expires_at: tokens?.expiresAt ?? null
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
        ...tokenColumns(installation.tokens, installation.memberId),
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

    async replaceTokens (memberId, tokens, now) {
      await updateLiving(memberId).set({ ...tokenColumns(tokens, memberId), updated_at: now }).execute()
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
            ...tokenColumns(null, memberId),
            application_token: null,
            uninstall_requested_at: null,
            uninstalled_at: now,
            updated_at: now
          })
          .execute()
        await deleteOpenings(transaction, memberId)
        await deleteApprovals(transaction, memberId)
      })
    },

    async ping () {
      await db.selectFrom('installations').select('member_id').limit(1).execute()
    },

    async close () {
      await db.destroy()
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

const fromNew = <C extends keyof InstallationsTable>(column: C) =>
  sql<InstallationsTable[C]>`excluded.${sql.ref(column)}`

const ifLiving = <C extends keyof InstallationsTable>(column: C) =>
  sql<InstallationsTable[C]>`case when installations.uninstalled_at is null then installations.${sql.ref(column)} end`

const newElseLiving = <C extends keyof InstallationsTable>(column: C) =>
  sql<InstallationsTable[C]>`coalesce(${fromNew(column)}, ${ifLiving(column)})`

// A living row keeps what the new one does not know; of a tombstone nothing is kept.
const replacement = {
  domain: fromNew('domain'),
  client_endpoint: fromNew('client_endpoint'),
  server_endpoint: fromNew('server_endpoint'),
  scope: fromNew('scope'),
  status: fromNew('status'),
  application_token: newElseLiving('application_token'),
  access_token: newElseLiving('access_token'),
  refresh_token: newElseLiving('refresh_token'),
  expires_at: newElseLiving('expires_at'),
  user_id: newElseLiving('user_id'),
  handler_url: newElseLiving('handler_url'),
  bindings: newElseLiving('bindings'),
  installed_at: sql<number>`coalesce(${ifLiving('installed_at')}, ${fromNew('installed_at')})`,
  updated_at: fromNew('updated_at'),
  uninstall_requested_at: null,
  uninstalled_at: null
}

function readBindings (json: string): BindingReport {
  const report: BindingReport = JSON.parse(json)
  return report
}
