import type { Generated, Selectable } from 'kysely'
import type { VisitTables } from '../../plugins/links/tables.ts'
import type { ApprovalAnswer, ApprovalStep } from '../../routes/screens/approval/approval-store.ts'

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
  /** Encrypted: one that an installation brought, and that was never exchanged */
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
}

export type InstallationRow = Selectable<InstallationsTable>

/** The first answer to a request for approval. */
export interface ApprovalsTable {
  member_id: string
  link_id: string
  answer: ApprovalAnswer
  user_id: number
  at: number
}

/** What has to be told after an answer. */
export interface ApprovalStepsTable {
  member_id: string
  link_id: string
  step: ApprovalStep
  /** Until when nobody else takes it; 0: it can be taken */
  claimed_until: number
  /** 0 or 1: SQLite has no booleans */
  done: number
}

export interface Database extends VisitTables {
  installations: InstallationsTable
  approvals: ApprovalsTable
  approval_steps: ApprovalStepsTable
}
