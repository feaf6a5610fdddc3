import type { Kysely } from 'kysely'
import type { BaseLogger } from 'pino'
import type { Database } from '../../../src/store/database.ts'
import { migrate } from '../../../src/store/migrations.ts'
import type { Approval, ApprovalStore } from './approval-store.ts'
import approvalTables, { type ApprovalTables } from './tables.ts'

// Longer than all tries of a REST call together.
const claimMilliseconds = 60_000
const tables = ['approvals', 'approval_steps'] as const

/** The answers in any SQL database that kysely can use; brings their tables up to date. */
export async function createSqlApprovalStore (
  database: Kysely<Database>, log?: Pick<BaseLogger, 'info'>
): Promise<ApprovalStore> {
  await migrate(database, approvalTables, log)
  const db = database.withTables<ApprovalTables>()

  const find: ApprovalStore['find'] = async (memberId, id, now) => {
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

    async answer (memberId, id, { answer, userId }, now) {
      // One statement decides who was first.
      await db.insertInto('approvals')
        .values({ member_id: memberId, request_id: id, answer, user_id: userId, at: now })
        .onConflict(conflict => conflict.columns(['member_id', 'request_id']).doNothing()).execute()
      return await find(memberId, id, now) as Approval // there is one now
    },

    async claim (memberId, id, step, now) {
      const row = { member_id: memberId, request_id: id, step, claimed_until: now + claimMilliseconds, done: 0 }
      const result = await db.insertInto('approval_steps').values(row)
        .onConflict(conflict => conflict.columns(['member_id', 'request_id', 'step'])
          .doUpdateSet({ claimed_until: row.claimed_until })
          .where('approval_steps.done', '=', 0).where('approval_steps.claimed_until', '<=', now))
        .executeTakeFirst()
      return result.numInsertedOrUpdatedRows === 1n
    },

    async settle (memberId, id, step, isDone) {
      await db.updateTable('approval_steps').set({ claimed_until: 0, done: isDone ? 1 : 0 })
        .where('member_id', '=', memberId).where('request_id', '=', id).where('step', '=', step).execute()
    },

    async purge (before) {
      await db.transaction().execute(async transaction => {
        await transaction.deleteFrom('approval_steps')
          .where(({ exists, selectFrom }) => exists(selectFrom('approvals').select('at')
            .whereRef('approvals.member_id', '=', 'approval_steps.member_id')
            .whereRef('approvals.request_id', '=', 'approval_steps.request_id')
            .where('at', '<', before)))
          .execute()
        await transaction.deleteFrom('approvals').where('at', '<', before).execute()
        for (const table of tables) {
          await transaction.deleteFrom(table).where('member_id', 'in', select =>
            select.selectFrom('installations').select('installations.member_id').where('uninstalled_at', 'is not', null)
          ).execute()
        }
      })
    },

    async forget (memberId) {
      for (const table of tables) await db.deleteFrom(table).where('member_id', '=', memberId).execute()
    }
  }
}
