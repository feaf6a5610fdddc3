import type { Kysely } from 'kysely'
import type { Approval, ApprovalStore } from './approval-store.ts'
import type { Database } from './database.ts'

// Longer than all tries of a REST call together.
const claimMilliseconds = 60_000

/** The answers over any SQL dialect of kysely. The tables must be there. */
export function createSqlApprovalStore (db: Kysely<Database>): ApprovalStore {
  const find: ApprovalStore['find'] = async (memberId, linkId) => {
    const row = await db.selectFrom('approvals').selectAll().where('member_id', '=', memberId).where('link_id', '=', linkId).executeTakeFirst()
    if (row === undefined) return undefined
    const done = await db.selectFrom('approval_steps').select('step')
      .where('member_id', '=', memberId).where('link_id', '=', linkId).where('done', '=', 1).orderBy('step').execute()
    return { answer: row.answer, userId: row.user_id, at: row.at, done: done.map(({ step }) => step) }
  }

  return {
    find,

    async answer (memberId, linkId, { answer, userId }, now) {
      const row = { member_id: memberId, link_id: linkId, answer, user_id: userId, at: now }
      // One statement decides who was first.
      await db.insertInto('approvals').values(row).onConflict(conflict => conflict.columns(['member_id', 'link_id']).doNothing()).execute()
      return await find(memberId, linkId) as Approval // there is one now
    },

    async claim (memberId, linkId, step, now) {
      const row = { member_id: memberId, link_id: linkId, step, claimed_until: now + claimMilliseconds, done: 0 }
      const result = await db.insertInto('approval_steps').values(row)
        .onConflict(conflict => conflict.columns(['member_id', 'link_id', 'step']).doUpdateSet({ claimed_until: row.claimed_until })
          .where('approval_steps.done', '=', 0).where('approval_steps.claimed_until', '<=', now))
        .executeTakeFirst()
      return result.numInsertedOrUpdatedRows === 1n
    },

    async settle (memberId, linkId, step, isDone) {
      await db.updateTable('approval_steps').set({ claimed_until: 0, done: isDone ? 1 : 0 })
        .where('member_id', '=', memberId).where('link_id', '=', linkId).where('step', '=', step).execute()
    }
  }
}

/** Forgets all answers of a portal. */
export async function deleteApprovals (db: Kysely<Database>, memberId: string): Promise<void> {
  for (const table of ['approvals', 'approval_steps'] as const) await db.deleteFrom(table).where('member_id', '=', memberId).execute()
}
