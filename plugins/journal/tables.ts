import type { CreateTableBuilder } from 'kysely'
import type { TableSet } from '../../src/store/migrations.ts'

const key = ['member_id', 'at', 'id'] as const

// As the first migration makes them: another one may change them, these stay.
const columns = {
  member_id: 'text',
  /** When it began, in milliseconds since 1970 */
  at: 'bigint',
  /** Tells apart what began in the same millisecond */
  id: 'bigint',
  /** `rest` or `event` */
  kind: 'text',
  /** Of the REST interface, such as `crm.deal.list` or `batch`; or the name of an event */
  method: 'text',
  /** What a batch calls, each with a blank on either side: ` crm.deal.list profile ` */
  methods: 'text',
  /** Names of the parameters */
  params: 'text',
  user_id: 'bigint',
  request_id: 'text',
  status: 'bigint',
  code: 'text',
  sent: 'bigint',
  received: 'bigint',
  ms: 'bigint'
} as const

export type JournalRow = {
  -readonly [Name in keyof typeof columns]: typeof columns[Name] extends 'text' ? string : number
}
export type JournalTables = { journal: JournalRow }

const journalTables = {
  name: 'journal',
  // A row never changes.
  tables: { journal: { key, grows: [] } },
  migrations: {
    '0001-journal': {
      async up (db) {
        let table: CreateTableBuilder<string, string> = db.schema.createTable('journal')
        for (const [column, type] of Object.entries(columns)) {
          table = table.addColumn(column, type, (column) => column.notNull())
        }
        await table.addPrimaryKeyConstraint('journal_primary', [...key]).execute()
        await db.schema.createIndex('journal_at').on('journal').columns(['at', 'id']).execute()
      }
    }
  }
} satisfies TableSet
export default journalTables
