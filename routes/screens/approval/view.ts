import type { ApprovalOutcome, ApprovalPass } from './approvals.ts'
import { frameQuery, personUrl } from '../../../src/http/frame.ts'
import type { ApprovalAnswer } from './approval-store.ts'

/** What the page needs besides the request. */
export interface ApprovalPage {
  /** BCP 47, for times */
  tag: string
  /** The sealed pass for the buttons, and the path of this service that takes it */
  token: string
  path: string
  /** Web origin of the portal, as the user has opened it */
  framedBy: string
  /** What the user has just answered, if this is the page after that */
  given?: ApprovalAnswer
}

/** What the view `approval` shows. In: the request, answered or not. Only who is asked gets buttons. */
export function approvalView (outcome: ApprovalPass & Partial<ApprovalOutcome>, { tag, token, path, framedBy, given }: ApprovalPage): object {
  const { request: { subject, text, authorId, approverId, taskId }, credentials: { origin, userId }, lang, approval, untold = [] } = outcome
  const person = (id: number) => ({ id, url: personUrl(origin, id) })
  const formatTime = (at: number) => `${new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(at)} UTC`
  return {
    subject,
    text,
    token,
    action: `${path}?${frameQuery(framedBy, lang)}`,
    author: person(authorId),
    approver: person(approverId),
    mayAnswer: userId === approverId,
    task: taskId && { id: taskId, url: new URL(`/company/personal/user/${userId}/tasks/task/view/${taskId}/`, origin).href },
    approval: approval && {
      answer: approval.answer,
      who: person(approval.userId),
      at: formatTime(approval.at),
      isUntold: untold.length > 0,
      isEarlier: given !== undefined && (approval.userId !== userId || approval.answer !== given)
    }
  }
}
