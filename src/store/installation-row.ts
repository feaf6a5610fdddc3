import type { BaseLogger } from 'pino'
import type { Cipher } from '../crypto/encryption.ts'
import { memberHash } from '../log/logger.ts'
import type { InstallationRow } from './database.ts'
import type { Installation, NewInstallation, PortalAddress, RefreshState } from './installation-store.ts'
import type { InstallationChange } from './change-store.ts'

type Secret = 'application_token' | 'access_token' | 'refresh_token' | 'candidate_refresh_token'

export type RowMapper = ReturnType<typeof createRowMapper>

/** Maps rows to installations and back, and encrypts their secrets. A secret that no key opens is null, and logged. */
export function createRowMapper (cipher: Cipher, log?: Pick<BaseLogger, 'error'>) {
  const encrypt = (text: string | undefined | null, memberId: string, column: Secret) =>
    typeof text === 'string' ? cipher.encrypt(text, memberId, column) : null

  const decrypt = (row: InstallationRow, column: Secret) => {
    const stored = row[column]
    try {
      return stored === null ? null : cipher.decrypt(stored, row.member_id, column)
    } catch {
      // As good as none: calls go on, and the next installation writes a new one.
      log?.error({ member: memberHash(row.member_id), column }, 'no key of APP_SECRET opens a stored secret')
      return null
    }
  }

  /** The columns of a pair that is stored now; null: of none. */
  const tokenColumns = (
    tokens: Installation['tokens'], memberId: string, now: number, candidateRefreshToken?: string
  ) => ({
    access_token: encrypt(tokens?.accessToken, memberId, 'access_token'),
    refresh_token: encrypt(tokens?.refreshToken, memberId, 'refresh_token'),
    candidate_refresh_token: encrypt(candidateRefreshToken, memberId, 'candidate_refresh_token'),
    expires_at: tokens?.expiresAt ?? null,
    refreshed_at: tokens === null ? null : now
  })

  const applicationTokenColumn = (applicationToken: string | null, memberId: string) =>
    ({ application_token: encrypt(applicationToken, memberId, 'application_token') })

  return {
    tokenColumns,

    applicationTokenColumn,

    newRow (installation: NewInstallation, now: number) {
      const { memberId, tokens, applicationToken, userId, isRefreshTokenCandidate, change } = installation
      return {
        ...newRowOf(installation, now),
        ...tokenColumns(tokens, memberId, now, isRefreshTokenCandidate ? tokens?.refreshToken : undefined),
        ...applicationTokenColumn(applicationToken, memberId),
        token_version: tokens === null ? 0 : 1,
        user_id: userId,
        ...(change !== undefined && changeColumns(change, now))
      }
    },

    fromRow (row: InstallationRow): Installation {
      const candidateRefreshToken = decrypt(row, 'candidate_refresh_token')
      const accessToken = decrypt(row, 'access_token')
      const refreshToken = decrypt(row, 'refresh_token') ?? candidateRefreshToken
      const expiresAt = row.expires_at
      const isPair = accessToken !== null && refreshToken !== null && expiresAt !== null
      return {
        memberId: row.member_id,
        domain: row.domain,
        clientEndpoint: row.client_endpoint,
        serverEndpoint: row.server_endpoint,
        scope: row.scope === '' ? [] : row.scope.split(','),
        status: row.status,
        applicationToken: decrypt(row, 'application_token'),
        tokens: isPair ? { accessToken, refreshToken, expiresAt } : null,
        ...(candidateRefreshToken !== null && { candidateRefreshToken }),
        tokenVersion: row.token_version,
        refreshedAt: row.refreshed_at,
        refresh: readRefresh(row),
        userId: row.user_id,
        handlerUrl: row.handler_url,
        bindings: row.bindings === null ? null : JSON.parse(row.bindings),
        hosts: readHosts(row.hosts),
        installedAt: row.installed_at,
        updatedAt: row.updated_at,
        uninstallRequestedAt: row.uninstall_requested_at,
        uninstalledAt: row.uninstalled_at
      }
    }
  }
}

/** The columns of a change that has just happened. Whoever runs the handlers of an earlier one keeps that right. */
export const changeColumns = (change: InstallationChange, now: number) => ({ change, change_at: now, change_due: now })

/** The row of a portal of which nothing but its address is known. */
export function newRowOf (portal: PortalAddress, now: number) {
  return {
    member_id: portal.memberId,
    domain: portal.domain,
    client_endpoint: portal.clientEndpoint,
    server_endpoint: portal.serverEndpoint,
    scope: portal.scope.join(','),
    status: portal.status,
    installed_at: now,
    updated_at: now
  }
}

/** No origin has a comma in it. */
export const readHosts = (hosts: string | null): string[] => hosts === null ? [] : hosts.split(',')

function readRefresh (row: InstallationRow): RefreshState | null {
  const { refresh_code: code, refresh_at: at, refresh_attempts: attempts, refresh_next_try_at: nextTryAt } = row
  if (code === null || at === null || attempts === null) return null
  return { code, at, attempts, nextTryAt: nextTryAt ?? Infinity }
}
