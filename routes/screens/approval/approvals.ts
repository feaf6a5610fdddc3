import { hash } from 'node:crypto'
import { canonicalParams } from '../../../plugins/links/link-signature.ts'
import type { Approval, ApprovalStep } from './approval-store.ts'
import type { VerifiedCall } from '../../../plugins/auth-token/verify-call.ts'

/** What is asked for, as a signed link says it. */
export interface ApprovalRequest {
  /** Of what is asked and who asks: two people may ask the same */
  id: string
  subject: string
  text?: string
  /** Who asks, and is told the answer */
  authorId: number
  /** Who is asked: nobody else can answer */
  approverId: number
  taskId?: number
}

/** An opened request: what a page carries, sealed, so that its answer needs no new proof. */
export interface ApprovalPass {
  request: ApprovalRequest
  /** Of the user who opened it: what is told on the portal is told in their name */
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

/**
 * In: all parameters of the link, and who asks. Out: the id of the request. Unlike the id of the link it is the same after a change
 * of keys: an answer holds.
 */
export const approvalId = (params: object, authorId: number): string =>
  `${hash('sha256', JSON.stringify(canonicalParams(params)), 'base64url')}.${authorId}`
