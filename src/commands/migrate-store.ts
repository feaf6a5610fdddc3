import type { Kysely } from 'kysely'
import { applicationFolders } from '../application/folder.ts'
import { applicationTables } from '../application/migrations.ts'
import { loadApplicationFolder, loadMigrationConfig } from '../config.ts'
import { StoreTargetError, StoreUrlError } from '../errors.ts'
import type { Database } from '../store/database.ts'
import { migrate, migrationTable, type TableSet } from '../store/migrations.ts'
import { hasTables, openDatabase, openExistingDatabase, ranMigrations } from '../store/open-database.ts'
import { identityOf, readStoreAddress, type StoreAddress } from '../store/store-address.ts'
import { applicationSet, countOn } from '../tools/application-set.ts'
import { copyStore } from '../tools/copy-store.ts'
import { tableSets } from '../tools/table-sets.ts'
import { UsageError, type Arguments, type Command } from './command.ts'

const application = { name: 'application' }
// Everybody on a machine can read arguments, and a password in them.
const wrongUse = 'migrate-store takes two addresses, <from> and <to>, as in DATABASE_URL. ' +
  'With a password in one, set MIGRATE_FROM and MIGRATE_TO instead.'
const advice = 'done: from now on start the service on <to> only, with the same APP_SECRET. ' +
  'One on <from> would refresh tokens too, and each takes them from the other.'

function readAddress (url: string, name: string): StoreAddress {
  const address = readStoreAddress(url, name)
  if (address.kind === 'PostgreSQL' || address.file !== ':memory:') return address
  throw new StoreUrlError(name, 'must be sqlite:<file> or postgres://…, as what is in memory ends with its process')
}

function addresses ([from, to]: readonly string[]): [from: StoreAddress, to: StoreAddress] {
  if (from === undefined) {
    const config = loadMigrationConfig()
    return [readAddress(config.from, 'MIGRATE_FROM'), readAddress(config.to, 'MIGRATE_TO')]
  }
  if (to === undefined) throw new UsageError(wrongUse)
  return [readAddress(from, '<from>'), readAddress(to, '<to>')]
}

/** The tables of the service that are there. Names those that it does not know. */
async function setsIn (source: Kysely<Database>, name: string): Promise<TableSet[]> {
  const all = await tableSets()
  const known = [...all, application].map(migrationTable)
  const tables = (await source.introspection.getTables()).map(table => table.name)
  for (const table of tables.filter(table => table.endsWith('_migration') && !known.includes(table))) {
    console.log(`not copied: the tables of ${table}, which this version does not know`)
  }
  const there = await Promise.all(all.map(async set => await hasTables(source, set, name)))
  return all.filter((_, index) => there[index])
}

/** The application's tables: none, if there are none or they cannot be copied. Says so. */
async function applicationSetsIn (source: Kysely<Database>, target: Kysely<Database>): Promise<TableSet[]> {
  if ((await ranMigrations(source, application)).length === 0) return []
  const [folder] = applicationFolders(loadApplicationFolder()).migrations
  const set = folder === undefined
    ? 'APPLICATION names no folder with its migrations/'
    : await applicationSet(source, target, await applicationTables(folder), await tableSets())
  if (typeof set !== 'string') return [set]
  console.log(`not copied: the tables of the application, as ${set}. Start the service on <to>, which makes them, ` +
    'and copy their rows')
  return []
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
      const own = await applicationSetsIn(source, target)
      await copyStore(source, target, [...sets, ...own], console.log)
      for (const set of own) await countOn(target, set)
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
Set APPLICATION as for the service: the tables of its migrations/ are copied as well.
Without arguments the addresses come from MIGRATE_FROM and MIGRATE_TO, where nobody reads a password in them.`

const migrateStoreCommand: Command = {
  usage,
  options: {},
  maxPositionals: 2,
  run
}
export default migrateStoreCommand
