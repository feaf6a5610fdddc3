import type { Kysely } from 'kysely'
import type { Approval, ApprovalStore } from './approval-store.ts'
import type { Database } from '../../../src/store/database.ts'

// Longer than all tries of a REST call together.
const claimMilliseconds = 60_000

/** The answers over any SQL dialect of kysely. The tables must be there. */
export function createSqlApprovalStore (db: Kysely<Database>): ApprovalStore {
  const find: ApprovalStore['find'] = async (memberId, id, now) => {
    const row = await db.selectFrom('approvals').selectAll().where('member_id', '=', memberId).where('link_id', '=', id).executeTakeFirst()
    if (row === undefined) return undefined
    const steps = await db.selectFrom('approval_steps').selectAll().where('member_id', '=', memberId).where('link_id', '=', id).orderBy('step').execute()
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

    async answer (memberId, id, { answer, userId }, now) {
      const row = { member_id: memberId, link_id: id, answer, user_id: userId, at: now }
      // One statement decides who was first.
      await db.insertInto('approvals').values(row).onConflict(conflict => conflict.columns(['member_id', 'link_id']).doNothing()).execute()
      return await find(memberId, id, now) as Approval // there is one now
    },

    async claim (memberId, id, step, now) {
      const row = { member_id: memberId, link_id: id, step, claimed_until: now + claimMilliseconds, done: 0 }
      const result = await db.insertInto('approval_steps').values(row)
        .onConflict(conflict => conflict.columns(['member_id', 'link_id', 'step']).doUpdateSet({ claimed_until: row.claimed_until })
          .where('approval_steps.done', '=', 0).where('approval_steps.claimed_until', '<=', now))
        .executeTakeFirst()
      return result.numInsertedOrUpdatedRows === 1n
    },

    async settle (memberId, id, step, isDone) {
      await db.updateTable('approval_steps').set({ claimed_until: 0, done: isDone ? 1 : 0 })
        .where('member_id', '=', memberId).where('link_id', '=', id).where('step', '=', step).execute()
    },

    async purge (before) {
      await db.transaction().execute(async transaction => {
        await transaction.deleteFrom('approval_steps').where(({ exists, selectFrom }) => exists(selectFrom('approvals').select('at')
          .whereRef('approvals.member_id', '=', 'approval_steps.member_id').whereRef('approvals.link_id', '=', 'approval_steps.link_id')
          .where('at', '<', before))).execute()
        await transaction.deleteFrom('approvals').where('at', '<', before).execute()
      })
    }
  }
}

/** Forgets all answers of a portal. */
export async function deleteApprovals (db: Kysely<Database>, memberId: string): Promise<void> {
  for (const table of ['approvals', 'approval_steps'] as const) await db.deleteFrom(table).where('member_id', '=', memberId).execute()
}
