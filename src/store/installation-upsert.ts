import { sql, type SqlBool } from 'kysely'
import type { InstallationsTable } from './database.ts'
import type { SeenInstallation } from './installation-store.ts'
import type { InstallationChange } from './change-store.ts'

const fromNew = <C extends keyof InstallationsTable>(column: C) =>
  sql<InstallationsTable[C]>`excluded.${sql.ref(column)}`

const ifLiving = <C extends keyof InstallationsTable>(column: C) =>
  sql<InstallationsTable[C]>`case when installations.uninstalled_at is null then installations.${sql.ref(column)} end`

const newElseLiving = <C extends keyof InstallationsTable>(column: C) =>
  sql<InstallationsTable[C]>`coalesce(${fromNew(column)}, ${ifLiving(column)})`

const newElseOld = <C extends keyof InstallationsTable>(column: C) =>
  sql<InstallationsTable[C]>`coalesce(${fromNew(column)}, installations.${sql.ref(column)})`

const ifNoNewPair = <C extends keyof InstallationsTable>(column: C) =>
  sql<InstallationsTable[C]>`case when ${fromNew('token_version')} = 0 then installations.${sql.ref(column)} end`

export type SeenTombstone = Pick<SeenInstallation, 'uninstalledAt'>

const nothing = sql<number | null>`null`
// No time is negative.
const orNever = (time: number | null) => time ?? -1

/** Whether a new row replaces this one: if it is living, or the tombstone that was seen, or if nobody looked. */
export const isReplaced = (seen: SeenTombstone | undefined) => seen === undefined
  ? sql<SqlBool>`true`
  : sql<SqlBool>`(installations.uninstalled_at is null
    or installations.uninstalled_at = ${orNever(seen.uninstalledAt)})`

/** The uninstall that was asked for since somebody looked. */
export const newRequest = (seen: SeenInstallation | undefined) => seen === undefined
  ? nothing
  : sql<number | null>`nullif(installations.uninstall_requested_at, ${orNever(seen.uninstallRequestedAt)})`

/** Whether the new refresh token is a candidate only: a living row keeps its own. */
const isCandidate = sql`${fromNew('candidate_refresh_token')} is not null and ${ifLiving('refresh_token')} is not null`

/** How a new row replaces the old one. A living row keeps what the new one does not know, a tombstone nothing. */
export const replacement = {
  domain: fromNew('domain'),
  client_endpoint: fromNew('client_endpoint'),
  server_endpoint: fromNew('server_endpoint'),
  scope: fromNew('scope'),
  status: fromNew('status'),
  application_token: newElseLiving('application_token'),
  access_token: newElseLiving('access_token'),
  refresh_token: sql<string | null>`case when ${isCandidate} then installations.refresh_token
    else ${newElseLiving('refresh_token')} end`,
  candidate_refresh_token: sql<string | null>`case when ${isCandidate} then ${fromNew('candidate_refresh_token')}
    when ${fromNew('token_version')} = 0 then ${ifLiving('candidate_refresh_token')} end`,
  expires_at: newElseLiving('expires_at'),
  // The new row says 1 when it brings a pair. A tombstone's number counts on, so that no two pairs share a number.
  token_version: sql<number>`installations.token_version + ${fromNew('token_version')}`,
  // Bitrix24 forgets a refresh token after 180 days, and the one that stays is as old as before.
  refreshed_at: sql<number | null>`case when ${isCandidate} then installations.refreshed_at
    else ${newElseLiving('refreshed_at')} end`,
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
  uninstalled_at: null,
  change: sql<InstallationChange | null>`case
    when ${fromNew('change')} is null or ${ifLiving('change')} = 'installed'
    then installations.change else ${fromNew('change')} end`,
  change_at: newElseOld('change_at'),
  change_due: newElseOld('change_due')
}
