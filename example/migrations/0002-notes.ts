import type { Kysely } from 'kysely'

/** The notes on dialogs of the messenger. */
export async function up (db: Kysely<unknown>): Promise<void> {
  await db.schema.createTable('notes')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('member_id', 'text', column => column.notNull())
    .addColumn('dialog_id', 'text', column => column.notNull())
    .addColumn('user_id', 'bigint', column => column.notNull())
    .addColumn('text', 'text', column => column.notNull())
    .addColumn('at', 'bigint', column => column.notNull())
    .execute()
  await db.schema.createIndex('notes_dialog').on('notes').columns(['member_id', 'dialog_id', 'at']).execute()
}
