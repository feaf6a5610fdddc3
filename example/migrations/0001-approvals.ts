import type { Kysely } from 'kysely'

/** The answers to requests for approval, and what is to be told on the portal after each. */
export async function up (db: Kysely<unknown>): Promise<void> {
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
