import type { Generated, Selectable } from 'kysely'
import type { InstallationChange } from './change-store.ts'

/** A token pair of a portal, and what is known of its refreshes. Times are milliseconds since 1970. */
export interface PairColumns {
  member_id: string
  /** Encrypted, as is the next */
  access_token: string | null
  refresh_token: string | null
  expires_at: number | null
  /** Whose pair it is */
  user_id: number | null
  updated_at: number
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
}

/** With the pair of the administrator who has installed the application. */
export interface InstallationsTable extends PairColumns {
  domain: string
  client_endpoint: string
  server_endpoint: string
  /** Comma separated */
  scope: string
  status: string
  /** Encrypted, as is the next */
  application_token: string | null
  /** Came with an installation and has not been exchanged yet */
  candidate_refresh_token: string | null
  handler_url: string | null
  /** JSON of a BindingReport */
  bindings: string | null
  installed_at: number
  uninstall_requested_at: number | null
  /** 1: the last uninstall that was requested takes settings and data with it */
  uninstall_clean: number | null
  uninstalled_at: number | null
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

/** With the pair of a portal's system user. An uninstall leaves the version, so that no two pairs share one. */
interface SystemUsersTable extends PairColumns {
  /** Of the installation that it belongs to */
  installed_at: number | null
}

export type PairRow = Selectable<PairColumns>
export type InstallationRow = Selectable<InstallationsTable>

/** The core's tables. A plugin adds its own with `database.withTables<…>()`. */
export interface Database {
  installations: InstallationsTable
  system_users: SystemUsersTable
}
