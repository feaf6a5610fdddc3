import type { TableSet } from '../../../src/store/migrations.ts'

/** What can be said to a request for approval. */
export type ApprovalAnswer = 'approved' | 'declined'

/** What is to be told on the portal after an answer: a comment at the task, a notification to the author. */
export type ApprovalStep = 'comment' | 'notification'

export type ApprovalTables = {
  /** The first answer to a request for approval */
  approvals: {
    member_id: string
    /** Of the request */
    request_id: string
    answer: ApprovalAnswer
    user_id: number
    at: number
  }
  approval_steps: {
    member_id: string
    request_id: string
    step: ApprovalStep
    /** Until when nobody else takes it; 0: it can be taken */
    claimed_until: number
    /** 0 or 1: SQLite has no booleans */
    done: number
  }
}

const approvalTables: TableSet = {
  name: 'approvals',
  tables: {
    approvals: { key: ['member_id', 'request_id'], grows: ['at'] },
    approval_steps: { key: ['member_id', 'request_id', 'step'], grows: ['done'] }
  },
  migrations: {
    '0001-approvals': {
      async up (db) {
        await db.schema.createTable('approvals')
          .addColumn('member_id', 'text', column => column.notNull())
          .addColumn('request_id', 'text', column => column.notNull())
          .addColumn('answer', 'text', column => column.notNull())
          .addColumn('user_id', 'bigint', column => column.notNull())
          .addColumn('at', 'bigint', column => column.notNull())
          .addPrimaryKeyConstraint('approvals_primary', ['member_id', 'request_id'])
          .execute()
        await db.schema.createTable('approval_steps')
          .addColumn('member_id', 'text', column => column.notNull())
          .addColumn('request_id', 'text', column => column.notNull())
          .addColumn('step', 'text', column => column.notNull())
          .addColumn('claimed_until', 'bigint', column => column.notNull())
          .addColumn('done', 'integer', column => column.notNull())
          .addPrimaryKeyConstraint('approval_steps_primary', ['member_id', 'request_id', 'step'])
          .execute()
      }
    }
  }
}
export default approvalTables
