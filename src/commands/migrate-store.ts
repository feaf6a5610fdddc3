import type { Kysely } from 'kysely'
import { loadMigrationConfig } from '../config.ts'
import { StoreTargetError } from '../errors.ts'
import type { Database } from '../store/database.ts'
import { migrate, migrationTable, type TableSet } from '../store/migrations.ts'
import { hasTables, openDatabase, openExistingDatabase } from '../store/open-database.ts'
import { identityOf, readStoreAddress, type StoreAddress } from '../store/store-address.ts'
import { copyStore } from '../tools/copy-store.ts'
import { tableSets } from '../tools/table-sets.ts'
import { UsageError, type Arguments, type Command } from './command.ts'

// Everybody on a machine can read arguments, and a password in them.
const wrongUse = 'migrate-store takes two addresses, <from> and <to>, as in DATABASE_URL. ' +
  'With a password in one, set MIGRATE_FROM and MIGRATE_TO instead.'
const advice = 'done: from now on start the service on <to> only, with the same APP_SECRET. ' +
  'One on <from> would refresh tokens too, and each takes them from the other.'

function addresses ([from, to]: readonly string[]): [from: StoreAddress, to: StoreAddress] {
  if (from === undefined) {
    const config = loadMigrationConfig()
    return [readStoreAddress(config.from, 'MIGRATE_FROM'), readStoreAddress(config.to, 'MIGRATE_TO')]
  }
  if (to === undefined) throw new UsageError(wrongUse)
  return [readStoreAddress(from, '<from>'), readStoreAddress(to, '<to>')]
}

/** The tables that are there. Names those that it leaves out: only the application knows how to copy its own. */
async function setsIn (source: Kysely<Database>, name: string): Promise<TableSet[]> {
  const all = await tableSets()
  const known = all.map(migrationTable)
  const tables = (await source.introspection.getTables()).map(table => table.name)
  for (const table of tables.filter(table => table.endsWith('_migration') && !known.includes(table))) {
    console.log(table === migrationTable({ name: 'application' })
      ? 'not copied: the tables of the application. Start the service on <to>, which makes them, and copy their rows'
      : `not copied: the tables of ${table}, which this version does not know`)
  }
  const there = await Promise.all(all.map(async set => await hasTables(source, set, name)))
  return all.filter((_, index) => there[index])
}

async function run ({ positionals }: Arguments): Promise<number> {
  const [from, to] = addresses(positionals)
  const source = await openExistingDatabase(from, 'read')
  try {
    const sets = await setsIn(source, from.name)
    const { db: target, changes } = await openDatabase(to)
    try {
      if (await identityOf(from, source) === await identityOf(to, target)) {
        throw new StoreTargetError(`${to.name}: this is the store to copy from`)
      }
      for (const set of sets) await migrate(target, set)
      await copyStore(source, target, sets, console.log)
    } finally {
      await changes.close()
      await target.destroy()
    }
  } finally {
    await source.destroy()
  }
  console.log(advice)
  return 0
}

const usage = `Usage: fastify-bitrix24 migrate-store <from> <to>

Copies all that the service keeps, from SQLite to PostgreSQL or back, and compares every row. Stop the service first.
Without arguments the addresses come from MIGRATE_FROM and MIGRATE_TO, where nobody reads a password in them.`

const migrateStoreCommand: Command = {
  usage,
  options: {},
  maxPositionals: 2,
  run
}
export default migrateStoreCommand
