// npm run migrate-store -- <from> <to>: copies all that a service keeps, from SQLite to PostgreSQL or back.
// Without arguments the addresses come from variables: everybody on a machine can read arguments.
import type { Kysely } from 'kysely'
import { loadMigrationConfig } from '../config.ts'
import { StoreTargetError } from '../errors.ts'
import type { Database } from '../store/database.ts'
import { migrate, migrationTable, type TableSet } from '../store/migrations.ts'
import { hasTables, openDatabase, openExistingDatabase } from '../store/open-database.ts'
import { identityOf, readStoreAddress, type StoreAddress } from '../store/store-address.ts'
import { copyStore } from './copy-store.ts'
import { tableSets } from './table-sets.ts'

const usage = 'npm run migrate-store -- <from> <to>: two addresses, as in DATABASE_URL. ' +
  'With a password in one, set MIGRATE_FROM and MIGRATE_TO instead'
const advice = 'done: from now on start the service on <to> only, with the same APP_SECRET. ' +
  'One on <from> would refresh tokens too, and each takes them from the other.'

function addresses (): [from: StoreAddress, to: StoreAddress] {
  const [from, to, ...more] = process.argv.slice(2)
  if (from === undefined) {
    const config = loadMigrationConfig()
    return [readStoreAddress(config.from, 'MIGRATE_FROM'), readStoreAddress(config.to, 'MIGRATE_TO')]
  }
  if (to === undefined || more.length > 0) throw new Error(usage)
  return [readStoreAddress(from, '<from>'), readStoreAddress(to, '<to>')]
}

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

try {
  const [from, to] = addresses()
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
} catch (error) {
  console.error((error as Error).message) // nothing else is thrown
  process.exitCode = 1
}
