import type { Kysely } from 'kysely'
import { StoreTargetError } from '../errors.ts'
import type { Database } from '../store/database.ts'
import { migrate, migrationTable, type TableSet } from '../store/migrations.ts'
import { hasTables, openDatabase, openExistingDatabase } from '../store/open-database.ts'
import { identityOf, readStoreAddress } from '../store/store-address.ts'
import { copyStore } from '../tools/copy-store.ts'
import { tableSets } from '../tools/table-sets.ts'
import { UsageError, type Command } from './command.ts'

// Everybody on a machine can read arguments, and a password in them.
const wrongUse = 'migrate-store takes two addresses, <from> and <to>, as in DATABASE_URL. ' +
  'With a password in one, set MIGRATE_FROM and MIGRATE_TO instead.'
const advice = 'done: from now on start the service on <to> only, with the same APP_SECRET. ' +
  'One on <from> would refresh tokens too, and each takes them from the other.'

/** The tables that are there. Names those that this version does not know, such as those of a plugin of your own. */
async function setsIn (source: Kysely<Database>, name: string): Promise<TableSet[]> {
  const all = await tableSets()
  const known = all.map(migrationTable)
  const tables = (await source.introspection.getTables()).map(table => table.name)
  for (const table of tables.filter(table => table.endsWith('_migration') && !known.includes(table))) {
    console.log(`not copied: the tables of ${table}, which this version does not know`)
  }
  const there = await Promise.all(all.map(async set => await hasTables(source, set, name)))
  return all.filter((_, index) => there[index])
}

async function migrateStore (given: readonly string[]): Promise<void> {
  const { MIGRATE_FROM, MIGRATE_TO } = process.env
  const [from, to] = given.length > 0 ? given : [MIGRATE_FROM, MIGRATE_TO]
  if (!from || !to) throw new UsageError(wrongUse)
  const [fromName, toName] = given.length > 0 ? ['<from>', '<to>'] : ['MIGRATE_FROM', 'MIGRATE_TO']
  const [fromAddress, toAddress] = [readStoreAddress(from, fromName), readStoreAddress(to, toName)]
  const source = await openExistingDatabase(fromAddress, 'read')
  try {
    const sets = await setsIn(source, fromName)
    const { db: target, changes } = await openDatabase(toAddress)
    try {
      if (await identityOf(fromAddress, source) === await identityOf(toAddress, target)) {
        throw new StoreTargetError(`${toName}: this is the store to copy from`)
      }
      for (const set of sets) await migrate(target, set)
      await copyStore(source, target, sets, {
        onTable ({ table, rows, written }) { console.log(`${table}: ${rows} rows verified, ${written} written`) },
        onProgress (table, rows) { console.log(`${table}: ${rows} rows copied so far`) }
      })
    } finally {
      await changes.close()
      await target.destroy()
    }
  } finally {
    await source.destroy()
  }
  console.log(advice)
}

const migrateStoreCommand: Command = {
  usage: [
    'Usage: fastify-bitrix24 migrate-store <from> <to>',
    '',
    'Copies all that the service keeps, from SQLite to PostgreSQL or back, and compares every row. Stop the service ' +
      'first.',
    'Without arguments the addresses come from MIGRATE_FROM and MIGRATE_TO, where nobody reads a password in them.'
  ].join('\n'),
  options: {},
  maxPositionals: 2,
  async run ({ positionals }) {
    await migrateStore(positionals)
    return 0
  }
}
export default migrateStoreCommand
