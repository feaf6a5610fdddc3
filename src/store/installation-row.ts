import type { BaseLogger } from 'pino'
import type { Cipher } from '../crypto/encryption.ts'
import type { InstallationRow } from './database.ts'
import type { Installation, NewInstallation, PortalAddress } from './installation-store.ts'
import type { InstallationChange } from './change-store.ts'
import { createSecrets, pairColumns, pairOf } from './pair-row.ts'

/** Maps rows to installations and back, and encrypts their secrets. A secret that no key opens is null, and logged. */
export function createRowMapper (cipher: Cipher, log?: Pick<BaseLogger, 'error'>) {
  const secrets = createSecrets(cipher, log, 'installations')
  const { encrypt, decrypt } = secrets

  /** The columns of a pair that is stored now; null: of none. */
  const tokenColumns = (
    tokens: Installation['tokens'], memberId: string, now: number, candidateRefreshToken?: string
  ) => ({
    ...pairColumns(secrets, tokens, memberId, now),
    candidate_refresh_token: encrypt(candidateRefreshToken, memberId, 'candidate_refresh_token')
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
      return {
        ...addressOf(row),
        ...pairOf(secrets, row, candidateRefreshToken),
        ...(candidateRefreshToken !== null && { candidateRefreshToken }),
        applicationToken: decrypt(row, 'application_token'),
        handlerUrl: row.handler_url,
        bindings: row.bindings === null ? null : JSON.parse(row.bindings),
        hosts: readHosts(row.hosts),
        installedAt: row.installed_at,
        updatedAt: row.updated_at,
        uninstallRequestedAt: row.uninstall_requested_at,
        uninstalledAt: row.uninstalled_at,
        // That of a request which was dropped is left in the row.
        uninstallClean: row.uninstall_clean === 1 && (row.uninstall_requested_at ?? row.uninstalled_at) !== null
      }
    }
  }
}

/** The columns of a change that has just happened. Whoever runs the handlers of an earlier one keeps that right. */
export const changeColumns = (change: InstallationChange, now: number) => ({ change, change_at: now, change_due: now })

/** The address of a portal, as its row has it. */
export const addressOf = (
  row: Pick<InstallationRow, 'member_id' | 'domain' | 'client_endpoint' | 'server_endpoint' | 'scope' | 'status'>
): PortalAddress => ({
  memberId: row.member_id,
  domain: row.domain,
  clientEndpoint: row.client_endpoint,
  serverEndpoint: row.server_endpoint,
  scope: row.scope === '' ? [] : row.scope.split(','),
  status: row.status
})

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
