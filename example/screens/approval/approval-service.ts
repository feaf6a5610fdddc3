import { hash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import {
  createKeyRing, createSealedTokens, NotInstalledError, PageSessionError, type PortalRest, type RestCommand,
  type VerifiedCall
} from 'fastify-bitrix24'
import { NotApproverError } from '../../errors.ts'
import type { Approval, ApprovalStore } from './approval-store.ts'
import type { ApprovalAnswer, ApprovalStep } from './tables.ts'

/** What is asked for, as a signed link says it. */
interface ApprovalRequest {
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
  /** Of a link that opens it, on the portal: for those who are told the answer */
  path: string
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

export type Approvals = ReturnType<typeof createApprovals>

const hour = 3_600_000

/**
 * The author's words appear in the approver's name: without markup of Bitrix24, without lines of their own, and without
 * characters that turn the words after them.
 */
const asPlain = (text: string) => text.replaceAll('[', '\uff3b').replaceAll(']', '\uff3d').replace(/\s+/g, ' ')
  .replace(/[\u202a-\u202e\u2066-\u2069]/g, '')

/** Requests that a user approves or declines: the first answer counts. */
export function createApprovals (fastify: FastifyInstance, store: ApprovalStore) {
  const { config: { appSecret, clientId }, installations, log, pages, portalRest } = fastify
  const passes = createSealedTokens<ApprovalPass>(createKeyRing(appSecret).keys('approvals'), `approvals ${clientId}`)

  /** The steps that are still to be done. Only the user who answered does them: it is their answer. */
  function untoldBy ({ request, credentials }: ApprovalPass, { userId, done }: Approval): ApprovalStep[] {
    if (userId !== credentials.userId) return []
    const steps: ApprovalStep[] = request.taskId === undefined ? ['notification'] : ['comment', 'notification']
    return steps.filter(step => !done.includes(step))
  }

  async function notify (pass: ApprovalPass, approval: Approval): Promise<void> {
    const { request: { id, subject, authorId, taskId }, path, credentials, lang } = pass
    const { memberId } = credentials
    const link = `[URL=${path}]${asPlain(subject)}[/URL]`
    const text = pages.i18n.resolve(lang).t(`approval.told.${approval.answer}`, { subject: link })
    const commands: Record<ApprovalStep, RestCommand> = {
      comment: { method: 'task.commentitem.add', params: { TASKID: taskId, FIELDS: { POST_MESSAGE: text } } },
      // The portal keeps one notification of a tag.
      notification: {
        method: 'im.notify.personal.add', params: { USER_ID: authorId, MESSAGE: text, TAG: `approval|${id}` }
      }
    }
    const claimed: ApprovalStep[] = []
    for (const step of untoldBy(pass, approval)) {
      if (await store.claim(memberId, id, step, Date.now())) claimed.push(step)
    }
    if (claimed.length === 0) return
    const answers = await call(credentials, Object.fromEntries(claimed.map(step => [step, commands[step]])))
    for (const step of claimed) {
      const told = answers[step]
      if (told !== undefined && 'error' in told) log.warn({ step, code: told.error }, notTold)
      await store.settle(memberId, id, step, told !== undefined && 'ok' in told)
    }
  }

  async function call (
    credentials: VerifiedCall, commands: Record<string, RestCommand>
  ): ReturnType<PortalRest['batch']> {
    try {
      return await portalRest.open(credentials).batch(commands)
    } catch (err) {
      log.warn({ err }, notTold)
      return {}
    }
  }

  /**
   * The answer that a request has already.
   *
   * @throws {NotApproverError} for anybody but the author and the approver
   */
  async function find (pass: ApprovalPass): Promise<ApprovalOutcome | undefined> {
    const { request: { id, authorId, approverId }, credentials: { memberId, userId } } = pass
    if (![authorId, approverId].includes(userId)) throw new NotApproverError()
    const approval = await store.find(memberId, id, Date.now())
    if (approval === undefined) return undefined
    const untold = untoldBy(pass, approval).filter(step => !approval.underWay.includes(step))
    return { ...pass, approval, untold }
  }

  return {
    /** A token for the page, good for an hour, or as long as the user's access token in it. */
    async seal (pass: ApprovalPass): Promise<string> {
      return await passes.seal(pass, Math.min(Date.now() + hour, pass.credentials.expiresAt))
    },
    find,
    /**
     * Records the answer unless there is one, and tells it on the portal in the user's name, once: as a comment at the
     * task, and as a notification to the author.
     *
     * @throws {PageSessionError} for a pass that is expired or not ours; {NotInstalledError}; {RateLimitedError};
     *   {NotApproverError} for anybody but the approver
     */
    async answer (token: string, answer: ApprovalAnswer): Promise<ApprovalOutcome> {
      const pass = await passes.open(token).catch(cause => { throw new PageSessionError({ cause }) })
      const { request: { id, approverId }, credentials: { memberId, userId, installedAt } } = pass
      await fastify.limitRate(memberId, userId)
      if (!await installations.isInstalled(memberId, installedAt)) throw new NotInstalledError()
      if (userId !== approverId) throw new NotApproverError()
      await notify(pass, await store.answer(memberId, id, { answer, userId }, Date.now()))
      return await find(pass) as ApprovalOutcome // there is one now
    }
  }
}

const notTold = 'an answer could not be passed on to the portal'
