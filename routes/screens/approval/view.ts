import { frameQuery, personUrl } from '../../../src/http/portal-urls.ts'
import type { ApprovalOutcome, ApprovalPass } from './approval-request.ts'
import type { ApprovalAnswer } from './tables.ts'

/** Where the buttons post to */
export const answerPath = '/approvals'

/** What the page needs besides the request. */
interface ApprovalPage {
  /** BCP 47, for times */
  tag: string
  /** The sealed pass for the buttons */
  token: string
  /** Origin at which the user has opened the portal */
  framedBy: string
  /** What the user has just answered, if this is the page after that */
  given?: ApprovalAnswer
}

/** The data of the view `approval`, for a request that may be answered. Only the approver gets buttons. */
export function approvalView (
  outcome: ApprovalPass & Partial<ApprovalOutcome>, { tag, token, framedBy, given }: ApprovalPage
): object {
  const { request, credentials: { origin, userId }, lang, approval, untold = [] } = outcome
  const { subject, text, authorId, approverId, taskId } = request
  const person = (id: number) => ({ id, url: personUrl(origin, id) })
  const times = new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })
  return {
    subject,
    text,
    token,
    action: `${answerPath}?${frameQuery(framedBy, lang)}`,
    author: person(authorId),
    approver: person(approverId),
    mayAnswer: userId === approverId,
    task: taskId && {
      id: taskId, url: new URL(`/company/personal/user/${userId}/tasks/task/view/${taskId}/`, origin).href
    },
    approval: approval && {
      answer: approval.answer,
      who: person(approval.userId),
      at: `${times.format(approval.at)} UTC`,
      isUntold: untold.length > 0,
      isEarlier: given !== undefined && (approval.userId !== userId || approval.answer !== given)
    }
  }
}
