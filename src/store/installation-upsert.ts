import { sql, type SqlBool } from 'kysely'
import type { InstallationsTable } from './database.ts'
import type { SeenInstallation } from './installation-store.ts'

const fromNew = <C extends keyof InstallationsTable>(column: C) =>
  sql<InstallationsTable[C]>`excluded.${sql.ref(column)}`

const ifLiving = <C extends keyof InstallationsTable>(column: C) =>
  sql<InstallationsTable[C]>`case when installations.uninstalled_at is null then installations.${sql.ref(column)} end`

const newElseLiving = <C extends keyof InstallationsTable>(column: C) =>
  sql<InstallationsTable[C]>`coalesce(${fromNew(column)}, ${ifLiving(column)})`

const ifNoNewPair = <C extends keyof InstallationsTable>(column: C) =>
  sql<InstallationsTable[C]>`case when ${fromNew('token_version')} = 0 then installations.${sql.ref(column)} end`

export type SeenTombstone = Pick<SeenInstallation, 'uninstalledAt'>

const nothing = sql<number | null>`null`
// No time is negative.
const orNever = (time: number | null) => time ?? -1

/** A living row is, and the tombstone that was seen; any, where nobody looked. */
export const isReplaced = (seen: SeenTombstone | undefined) => seen === undefined
  ? sql<SqlBool>`true`
  : sql<SqlBool>`(installations.uninstalled_at is null or installations.uninstalled_at = ${orNever(seen.uninstalledAt)})`

/** The uninstall that was asked for since somebody looked. */
export const newRequest = (seen: SeenInstallation | undefined) => seen === undefined
  ? nothing
  : sql<number | null>`nullif(installations.uninstall_requested_at, ${orNever(seen.uninstallRequestedAt)})`

/** Whether the new row only offers its refresh token to a living one, which keeps its own. */
const isOffer = sql`${fromNew('candidate_refresh_token')} is not null and ${ifLiving('refresh_token')} is not null`

/** Nothing speaks against a refresh. */
export const noRefresh = { refresh_code: null, refresh_at: null, refresh_attempts: null, refresh_next_try_at: null }

/** What becomes of a row when one of the same portal is inserted: a living one keeps what the new one does not know, a tombstone nothing. */
export const replacement = {
  domain: fromNew('domain'),
  client_endpoint: fromNew('client_endpoint'),
  server_endpoint: fromNew('server_endpoint'),
  scope: fromNew('scope'),
  status: fromNew('status'),
  application_token: newElseLiving('application_token'),
  access_token: newElseLiving('access_token'),
  refresh_token: sql<string | null>`case when ${isOffer} then installations.refresh_token else ${newElseLiving('refresh_token')} end`,
  candidate_refresh_token: sql<string | null>`case when ${isOffer} then ${fromNew('candidate_refresh_token')} when ${fromNew('token_version')} = 0 then ${ifLiving('candidate_refresh_token')} end`,
  expires_at: newElseLiving('expires_at'),
  // The new row says 1 when it brings a pair. A tombstone's number goes on, so that no pair ever has the number of another.
  token_version: sql<number>`installations.token_version + ${fromNew('token_version')}`,
  // Bitrix24 forgets a refresh token after 180 days, and the one that stays is as old as before.
  refreshed_at: sql<number | null>`case when ${isOffer} then installations.refreshed_at else ${newElseLiving('refreshed_at')} end`,
  refresh_code: ifNoNewPair('refresh_code'),
  refresh_at: ifNoNewPair('refresh_at'),
  refresh_attempts: ifNoNewPair('refresh_attempts'),
  refresh_next_try_at: ifNoNewPair('refresh_next_try_at'),
  user_id: newElseLiving('user_id'),
  handler_url: newElseLiving('handler_url'),
  bindings: newElseLiving('bindings'),
  hosts: ifLiving('hosts'),
  installed_at: sql<number>`coalesce(${ifLiving('installed_at')}, ${fromNew('installed_at')})`,
  updated_at: fromNew('updated_at'),
  uninstall_requested_at: nothing,
  uninstalled_at: null
}
