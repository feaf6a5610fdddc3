import type { BaseLogger } from 'pino'
import type { Cipher } from '../crypto/encryption.ts'
import { memberHash } from '../log/logger.ts'
import type { PairRow } from './database.ts'
import type { RefreshState, TokenPair } from './installation-store.ts'
import type { Pair } from './pair-store.ts'

export type Secrets = ReturnType<typeof createSecrets>

/** Encrypts the secrets of a table, and opens them again. One that no key opens is null, and logged. */
export function createSecrets (
  cipher: Cipher, log: Pick<BaseLogger, 'error'> | undefined, table: 'installations' | 'system_users'
) {
  const nameOf = (column: string) => secretName(table, column)
  return {
    encrypt: (text: string | undefined | null, memberId: string, column: string) =>
      typeof text === 'string' ? cipher.encrypt(text, memberId, nameOf(column)) : null,

    decrypt <Column extends string>(row: { member_id: string } & Record<Column, string | null>, column: Column) {
      const stored: string | null = row[column]
      try {
        return stored === null ? null : cipher.decrypt(stored, row.member_id, nameOf(column))
      } catch {
        // As good as none: calls go on, and the next installation writes a new one.
        const fields = { member: memberHash(row.member_id), column: nameOf(column) }
        log?.error(fields, 'no key of APP_SECRET opens a stored secret')
        return null
      }
    }
  }
}

/** Under what name a secret is encrypted: that of one table does not decrypt in the other. */
export const secretName = (table: 'installations' | 'system_users', column: string): string =>
  table === 'installations' ? column : `${table}.${column}`

/** The columns of a pair that is stored now; null: of none. */
export const pairColumns = (
  { encrypt }: Secrets, tokens: TokenPair | null, memberId: string, now: number
) => ({
  access_token: encrypt(tokens?.accessToken, memberId, 'access_token'),
  refresh_token: encrypt(tokens?.refreshToken, memberId, 'refresh_token'),
  expires_at: tokens?.expiresAt ?? null,
  refreshed_at: tokens === null ? null : now
})

/** Reads a pair. @param candidate the refresh token to use where there is no other */
export function pairOf ({ decrypt }: Secrets, row: PairRow, candidate: string | null = null): Pair {
  const accessToken = decrypt(row, 'access_token')
  const refreshToken = decrypt(row, 'refresh_token') ?? candidate
  const expiresAt = row.expires_at
  const isPair = accessToken !== null && refreshToken !== null && expiresAt !== null
  return {
    tokens: isPair ? { accessToken, refreshToken, expiresAt } : null,
    tokenVersion: row.token_version,
    refreshedAt: row.refreshed_at,
    refresh: readRefresh(row),
    userId: row.user_id
  }
}

function readRefresh (row: PairRow): RefreshState | null {
  const { refresh_code: code, refresh_at: at, refresh_attempts: attempts, refresh_next_try_at: nextTryAt } = row
  if (code === null || at === null || attempts === null) return null
  return { code, at, attempts, nextTryAt: nextTryAt ?? Infinity }
}
