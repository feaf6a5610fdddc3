import type { FastifyBaseLogger } from 'fastify'
import type { I18n } from '../../../plugins/page/i18n.ts'
import type { PortalRest, RestCommand, RestCredentials } from '../../../plugins/portal-rest/rest-interface.ts'
import { someKeys } from '../../../src/crypto/keys.ts'
import { createSealedTokens } from '../../../src/crypto/sealed-token.ts'
import { NotApproverError, NotInstalledError, PageSessionError } from '../../../src/errors.ts'
import type { ApprovalOutcome, ApprovalPass } from './approval-request.ts'
import type { Approval, ApprovalStore } from './sql-approval-store.ts'
import type { ApprovalAnswer, ApprovalStep } from './tables.ts'

export interface ApprovalsOptions {
  store: ApprovalStore
  /** Keys of 32 bytes, newest first: the first seals passes, each of them opens them */
  keys: readonly Uint8Array[]
  /** client_id: a pass of another application is not opened */
  clientId: string
  /** Whether the installation that began then (undefined: whenever) still exists: a pass may outlive it */
  isInstalled: (memberId: string, installedAt: number | undefined) => Promise<boolean>
  /** Counts an answer of a user, and throws when they are too many */
  limit: (memberId: string, userId: number) => void | Promise<void>
  openRest: (credentials: RestCredentials) => Pick<PortalRest, 'batch'>
  i18n: Pick<I18n, 'resolve'>
  log: Pick<FastifyBaseLogger, 'warn'>
}

export type Approvals = ReturnType<typeof createApprovals>

const hour = 3_600_000

/** The author's words appear in the approver's name: without markup of Bitrix24, and without lines of their own. */
const asPlain = (text: string) => text.replaceAll('[', '\uff3b').replaceAll(']', '\uff3d').replace(/\s+/g, ' ')

/** Requests that a user approves or declines: the first answer counts. */
export function createApprovals (options: ApprovalsOptions) {
  const { store, keys, clientId, isInstalled, limit, openRest, i18n, log } = options
  const passes = createSealedTokens<ApprovalPass>(someKeys(keys, 'approvals'), `approvals ${clientId}`, Date.now)

  /** The steps that are still to be done. Only the user who answered does them: it is their answer. */
  function untoldBy ({ request, credentials }: ApprovalPass, { userId, done }: Approval): ApprovalStep[] {
    if (userId !== credentials.userId) return []
    const steps: ApprovalStep[] = request.taskId === undefined ? ['notification'] : ['comment', 'notification']
    return steps.filter(step => !done.includes(step))
  }

  async function tell (pass: ApprovalPass, approval: Approval): Promise<void> {
    const { request: { id, subject, authorId, taskId }, credentials, lang } = pass
    const { memberId } = credentials
    const text = i18n.resolve(lang).t(`approval.told.${approval.answer}`, { subject: asPlain(subject) })
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
    credentials: RestCredentials, commands: Record<string, RestCommand>
  ): ReturnType<PortalRest['batch']> {
    try {
      return await openRest(credentials).batch(commands)
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
    seal: async (pass: ApprovalPass): Promise<string> => await passes.seal(pass, Math.min(Date.now() + hour, pass.credentials.expiresAt)),
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
      await limit(memberId, userId)
      if (!await isInstalled(memberId, installedAt)) throw new NotInstalledError()
      if (userId !== approverId) throw new NotApproverError()
      await tell(pass, await store.answer(memberId, id, { answer, userId }, Date.now()))
      return await find(pass) as ApprovalOutcome // there is one now
    }
  }
}

const notTold = 'an answer could not be passed on to the portal'
