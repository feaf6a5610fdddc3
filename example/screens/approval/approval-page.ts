import type { FastifyReply, FastifyRequest } from 'fastify'
import { frameQuery, personUrl } from 'fastify-bitrix24'
import type { ApprovalOutcome, ApprovalPass } from './approval-service.ts'
import type { ApprovalAnswer } from './tables.ts'

/** Where the buttons post to */
export const answerPath = '/approvals'

/**
 * Answers with the page of a request that may be answered. Only the approver gets buttons.
 *
 * @param token the sealed pass for the buttons
 * @param given what the user has just answered, if this is the page after that
 */
export async function approvalPage (
  call: FastifyRequest, reply: FastifyReply, outcome: ApprovalPass & Partial<ApprovalOutcome>, token: string,
  given?: ApprovalAnswer
): Promise<unknown> {
  const { request, credentials: { origin, userId }, lang, approval, untold = [] } = outcome
  const { subject, text, authorId, approverId, taskId } = request
  const person = (id: number) => ({ id, url: personUrl(origin, id) })
  const times = new Intl.DateTimeFormat(call.server.pages.i18n.resolve(lang).tag, {
    dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC'
  })
  const framedBy = String(call.frameAncestors?.at(-1)) // known of every verified call
  return await reply.page('approval', {
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
  }, { title: subject })
}
