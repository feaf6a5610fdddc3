import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { ApprovalOutcome, ApprovalPass } from './approvals.ts'
import { NotApproverError, NotInstalledError, PageSessionError } from '../../../src/errors.ts'
import { someKeys } from '../../../src/crypto/keys.ts'
import type { PortalRest, RestCommand, RestCredentials } from '../../../plugins/portal-rest/rest-interface.ts'
import { createSealedTokens } from '../../../src/crypto/sealed-token.ts'
import type { Approval, ApprovalAnswer, ApprovalStep, ApprovalStore } from './approval-store.ts'

export interface ApprovalsOptions {
  store: ApprovalStore
  /** Keys of 32 bytes, newest first: the first seals passes, each of them opens them */
  keys: readonly Uint8Array[]
  /** client_id: a pass of another application is not opened. Default: none */
  clientId?: string
  /**
   * Whether a portal still has the application, in the installation that began then (milliseconds since 1970; undefined: in
   * any): a pass outlives an uninstall.
   */
  isInstalled: (memberId: string, installedAt: number | undefined) => Promise<boolean>
  /** Where the buttons post to. Default `/approvals` */
  path?: string
  /** For how many days answers are kept: longer than links to requests are good. Default 365 */
  retentionDays?: number
  /** Counts an answer of a user, and throws when they are too many. Default: nobody counts */
  limit?: (memberId: string, userId: number) => void | Promise<void>
  /** The clock, in milliseconds since 1970. Default Date.now */
  now?: () => number
}

export interface Approvals {
  path: string
  /** Good for an hour, or as long as the user's access token in it. */
  seal: (pass: ApprovalPass) => Promise<string>
  /** The answer that a request has got already. Errors: NotApproverError for anybody but who asks and who is asked. */
  find: (pass: ApprovalPass) => Promise<ApprovalOutcome | undefined>
  /**
   * Records the answer, unless there is one, and tells it on the portal in the user's name: as a comment at the task, as a
   * notification to the author. What is told already is not told again. Errors: PageSessionError for a pass that is expired or not ours; NotInstalledError;
   * NotApproverError for anybody but who is asked; RateLimitedError.
   */
  answer: (token: string, answer: ApprovalAnswer) => Promise<ApprovalOutcome>
}

declare module 'fastify' {
  interface FastifyInstance { approvals: Approvals }
}

const hour = 3_600_000
const day = 24 * hour

/** In the name of who answers stands nothing that they did not write: no markup of Bitrix24, no lines that look like another message. */
const asPlain = (text: string) => text.replaceAll('[', '\uff3b').replaceAll(']', '\uff3d').replace(/\s+/g, ' ')

/** Requests that a user approves or declines: the first answer counts. */
async function approvals (fastify: FastifyInstance, options: ApprovalsOptions) {
  const { store, keys, clientId = '', isInstalled, path = '/approvals', retentionDays = 365, limit, now = Date.now } = options
  const passes = createSealedTokens<ApprovalPass>(someKeys(keys, 'approvals'), `approvals ${clientId}`, now)

  /** Of what is to be told, what is not. Only who answered tells it: it is their answer. */
  function untoldBy ({ request, credentials }: ApprovalPass, { userId, done }: Approval): ApprovalStep[] {
    if (userId !== credentials.userId) return []
    const steps: ApprovalStep[] = request.taskId === undefined ? ['notification'] : ['comment', 'notification']
    return steps.filter(step => !done.includes(step))
  }

  async function tell (pass: ApprovalPass, approval: Approval): Promise<void> {
    const { request: { id, subject, authorId, taskId }, credentials, lang } = pass
    const text = fastify.i18n.resolve(lang).t(`approval.told.${approval.answer}`, { subject: asPlain(subject) })
    const commands: Record<ApprovalStep, RestCommand> = {
      comment: { method: 'task.commentitem.add', params: { TASKID: taskId, FIELDS: { POST_MESSAGE: text } } },
      // The portal keeps one notification of a tag.
      notification: { method: 'im.notify.personal.add', params: { USER_ID: authorId, MESSAGE: text, TAG: `approval|${id}` } }
    }
    const claimed: ApprovalStep[] = []
    for (const step of untoldBy(pass, approval)) if (await store.claim(credentials.memberId, id, step, now())) claimed.push(step)
    const answers = claimed.length === 0 ? {} : await call(credentials, Object.fromEntries(claimed.map(step => [step, commands[step]])))
    for (const step of claimed) {
      const told = answers[step]
      const isDone = told !== undefined && 'ok' in told
      if (told !== undefined && 'error' in told) fastify.log.warn({ step, code: told.error }, 'an answer could not be told on the portal')
      await store.settle(credentials.memberId, id, step, isDone)
    }
  }

  async function call (credentials: RestCredentials, commands: Record<string, RestCommand>): ReturnType<PortalRest['batch']> {
    try {
      return await fastify.portalRest.open(credentials).batch(commands)
    } catch (err) {
      fastify.log.warn({ err }, 'an answer could not be told on the portal')
      return {}
    }
  }

  const find: Approvals['find'] = async pass => {
    const { request: { id, authorId, approverId }, credentials: { memberId, userId } } = pass
    if (![authorId, approverId].includes(userId)) throw new NotApproverError()
    const approval = await store.find(memberId, id, now())
    return approval && { ...pass, approval, untold: untoldBy(pass, approval).filter(step => !approval.underWay.includes(step)) }
  }

  fastify.decorate('approvals', {
    path,
    seal: async pass => await passes.seal(pass, Math.min(now() + hour, pass.credentials.expiresAt)),
    find,
    async answer (token, answer) {
      const pass = await passes.open(token).catch(cause => { throw new PageSessionError({ cause }) })
      const { request: { id, approverId }, credentials: { memberId, userId, installedAt } } = pass
      await limit?.(memberId, userId)
      if (!await isInstalled(memberId, installedAt)) throw new NotInstalledError()
      if (userId !== approverId) throw new NotApproverError()
      await tell(pass, await store.answer(memberId, id, { answer, userId }, now()))
      return await find(pass) as ApprovalOutcome // there is one now
    }
  })

  let purging = Promise.resolve()
  const purge = () => {
    purging = store.purge(now() - retentionDays * day)
      .catch(err => fastify.log.error({ err }, 'old answers to requests cannot be forgotten; it is tried again in a day'))
  }
  const timer = setInterval(purge, day).unref()
  fastify.addHook('onReady', async () => purge())
  fastify.addHook('onClose', async () => {
    clearInterval(timer)
    await purging
  })
}

export default fp(approvals, { fastify: '5.x', name: 'b24-approvals', decorators: { fastify: ['i18n', 'portalRest'] } })
