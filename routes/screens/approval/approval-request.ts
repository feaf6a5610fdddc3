import { hash } from 'node:crypto'
import type { VerifiedCall } from '../../../plugins/auth-token/verify-call.ts'
import type { Approval } from './sql-approval-store.ts'
import type { ApprovalStep } from './tables.ts'

/** What is asked for, as a signed link says it. */
export interface ApprovalRequest {
  /** Depends on what is asked and who asks: two people may ask the same */
  id: string
  subject: string
  text?: string
  /** Asks, and is told the answer */
  authorId: number
  /** The only user who can answer */
  approverId: number
  taskId?: number
}

/** An opened request, which a page carries sealed, so that its answer needs no new proof. */
export interface ApprovalPass {
  request: ApprovalRequest
  /** Of the user who opened it, in whose name the answer is told */
  credentials: VerifiedCall
  /** Language in which it is told: a code of Bitrix24 */
  lang: string
}

/** What became of a request. */
export interface ApprovalOutcome extends ApprovalPass {
  approval: Approval
  /** What could not be told yet, and this user can try again */
  untold: ApprovalStep[]
}

/** The id of a request. Unlike the id of its link it survives a change of keys: an answer holds. */
export const approvalId = (params: object, authorId: number): string =>
  `${hash('sha256', JSON.stringify(Object.entries(params).sort()), 'base64url')}.${authorId}`
