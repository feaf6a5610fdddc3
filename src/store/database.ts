import type { Selectable } from 'kysely'

/** Times are milliseconds since the epoch. */
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
  expires_at: number | null
  user_id: number | null
  handler_url: string | null
  /** JSON of a BindingReport */
  bindings: string | null
  installed_at: number
  updated_at: number
  uninstall_requested_at: number | null
  uninstalled_at: number | null
}

export type InstallationRow = Selectable<InstallationsTable>

export interface Database {
  installations: InstallationsTable
}
