import type { ApprovalOutcome, ApprovalPass } from './approvals.ts'
import { frameQuery } from './frame.ts'
import { personUrl } from './portal-pages.ts'
import type { ApprovalAnswer } from './store/approval-store.ts'

/**
 * What the view `approval` shows. In: the request, answered or not; a BCP 47 tag for times; the sealed pass for the buttons; and
 * what the user has just answered, if this is the page after that.
 */
export function approvalView (outcome: ApprovalPass & Partial<ApprovalOutcome>, tag: string, token: string, given?: ApprovalAnswer): object {
  const { request: { subject, text, authorId, taskId }, credentials: { origin, userId }, lang, approval, untold = [] } = outcome
  const person = (id: number) => ({ id, url: personUrl(origin, id) })
  const formatTime = (at: number) => `${new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(at)} UTC`
  return {
    subject,
    text,
    token,
    action: `/approvals?${frameQuery(origin, lang)}`,
    author: person(authorId),
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
