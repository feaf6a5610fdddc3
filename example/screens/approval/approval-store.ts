import type { FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import type { ApprovalAnswer, ApprovalStep, ApprovalTables } from './tables.ts'

/** The one answer to a request. */
export interface Approval {
  answer: ApprovalAnswer
  /** Who gave it */
  userId: number
  /** Milliseconds since 1970 */
  at: number
  done: ApprovalStep[]
  underWay: ApprovalStep[]
}

export type ApprovalStore = ReturnType<typeof createApprovalStore>

// Longer than all tries of a REST call together.
const claimMilliseconds = 60_000

// The portal is uninstalled, or was before it was installed anew: however long a deletion takes, it leaves the answers
// of the new installation alone.
const isOfFormerInstallation = sql<boolean>`exists (select 1 from installations
  where installations.member_id = approvals.member_id
  and (installations.uninstalled_at is not null or approvals.at < installations.installed_at))`
const hasNoAnswer = sql<boolean>`not exists (select 1 from approvals
  where approvals.member_id = approval_steps.member_id and approvals.request_id = approval_steps.request_id)`

/**
 * Answers to requests, each named by its portal and its `id`, in the tables of migrations/0001-approvals.ts. Times are
 * milliseconds since 1970.
 */
export function createApprovalStore (database: FastifyInstance['database']) {
  const db = database.withTables<ApprovalTables>()

  async function find (memberId: string, id: string, now: number): Promise<Approval | undefined> {
    const row = await db.selectFrom('approvals').selectAll()
      .where('member_id', '=', memberId).where('request_id', '=', id).executeTakeFirst()
    if (row === undefined) return undefined
    const steps = await db.selectFrom('approval_steps').selectAll()
      .where('member_id', '=', memberId).where('request_id', '=', id).orderBy('step').execute()
    const namesWhere = (fits: (step: typeof steps[number]) => boolean) => steps.filter(fits).map(({ step }) => step)
    return {
      answer: row.answer,
      userId: row.user_id,
      at: row.at,
      done: namesWhere(({ done }) => done === 1),
      underWay: namesWhere(({ done, claimed_until: until }) => done === 0 && until > now)
    }
  }

  return {
    find,

    /**
     * Records an answer unless there is one.
     *
     * @returns the first answer, whoever gave it
     */
    async answer (
      memberId: string, id: string, { answer, userId }: Pick<Approval, 'answer' | 'userId'>, now: number
    ): Promise<Approval> {
      // One statement decides who was first.
      await db.insertInto('approvals')
        .values({ member_id: memberId, request_id: id, answer, user_id: userId, at: now })
        .onConflict(conflict => conflict.columns(['member_id', 'request_id']).doNothing()).execute()
      return await find(memberId, id, now) as Approval // there is one now
    },

    /**
     * Takes a step for a minute, unless somebody else has it or it is done.
     *
     * @returns whether it was taken
     */
    async claim (memberId: string, id: string, step: ApprovalStep, now: number): Promise<boolean> {
      const row = { member_id: memberId, request_id: id, step, claimed_until: now + claimMilliseconds, done: 0 }
      const result = await db.insertInto('approval_steps').values(row)
        .onConflict(conflict => conflict.columns(['member_id', 'request_id', 'step'])
          .doUpdateSet({ claimed_until: row.claimed_until })
          .where('approval_steps.done', '=', 0).where('approval_steps.claimed_until', '<=', now))
        .executeTakeFirst()
      return result.numInsertedOrUpdatedRows === 1n
    },

    /** Ends a step that was claimed: it is done, or can be taken again. */
    async settle (memberId: string, id: string, step: ApprovalStep, isDone: boolean): Promise<void> {
      await db.updateTable('approval_steps').set({ claimed_until: 0, done: isDone ? 1 : 0 })
        .where('member_id', '=', memberId).where('request_id', '=', id).where('step', '=', step).execute()
    },

    /** Forgets the requests that were answered before `before`. */
    async purge (before: number): Promise<void> {
      await db.transaction().execute(async transaction => {
        await transaction.deleteFrom('approvals').where('at', '<', before).execute()
        await transaction.deleteFrom('approval_steps').where(hasNoAnswer).execute()
      })
    },

    /** Forgets the requests of a portal's former installations. */
    async forget (memberId: string): Promise<void> {
      await db.transaction().execute(async transaction => {
        await transaction.deleteFrom('approvals')
          .where('member_id', '=', memberId).where(isOfFormerInstallation).execute()
        await transaction.deleteFrom('approval_steps').where('member_id', '=', memberId).where(hasNoAnswer).execute()
      })
    }
  }
}
