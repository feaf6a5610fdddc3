import type { Generated, Selectable } from 'kysely'
import type { InstallationChange } from './change-store.ts'

/** Times are milliseconds since 1970. */
export interface InstallationsTable {
  member_id: string
  domain: string
  client_endpoint: string
  server_endpoint: string
  /** Comma separated */
  scope: string
  status: string
  /** Encrypted, as are the next two */
  application_token: string | null
  access_token: string | null
  refresh_token: string | null
  /** Encrypted. Came with an installation and has not been exchanged yet */
  candidate_refresh_token: string | null
  expires_at: number | null
  user_id: number | null
  handler_url: string | null
  /** JSON of a BindingReport */
  bindings: string | null
  installed_at: number
  updated_at: number
  uninstall_requested_at: number | null
  uninstalled_at: number | null
  token_version: Generated<number>
  refreshed_at: number | null
  /** A RefreshState, or null in all four */
  refresh_code: string | null
  refresh_at: number | null
  refresh_attempts: number | null
  /** Null: never by itself */
  refresh_next_try_at: number | null
  /** Who refreshes the token pair, and until when */
  lease_owner: string | null
  lease_until: number | null
  /** Comma separated origins; null: none */
  hosts: string | null
  /** The change whose handlers have not run yet; null: none */
  change: InstallationChange | null
  change_at: number | null
  /** Handlers do not run before */
  change_due: number | null
  /** Until when one process has the right to run them */
  change_lease_until: number | null
}

export type InstallationRow = Selectable<InstallationsTable>

/** The core's tables. A plugin adds its own with `database.withTables<…>()`. */
export interface Database {
  installations: InstallationsTable
}
