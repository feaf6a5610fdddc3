// npm run migrate-store -- <from> <to>: copies all that a service keeps, from SQLite to PostgreSQL or the other way round.
// Without arguments the addresses come from MIGRATE_FROM and MIGRATE_TO: everybody on a machine can read arguments, and a password in them.
import { copyStore } from '../store/copy-store.ts'
import { openDatabase, openExistingDatabase } from '../store/open-database.ts'
import { identityOf, readStoreAddress } from '../store/store-address.ts'
import { StoreTargetError } from '../errors.ts'

try {
  const given = process.argv.slice(2)
  const { MIGRATE_FROM, MIGRATE_TO } = process.env
  const [from, to, ...more] = given.length > 0 ? given : [MIGRATE_FROM, MIGRATE_TO]
  if (!from || !to || more.length > 0) throw new Error('npm run migrate-store -- <from> <to>: two addresses, as in DATABASE_URL. With a password in one, set MIGRATE_FROM and MIGRATE_TO instead')
  const [fromName, toName] = given.length > 0 ? ['<from>', '<to>'] : ['MIGRATE_FROM', 'MIGRATE_TO']
  const [fromAddress, toAddress] = [readStoreAddress(from, fromName), readStoreAddress(to, toName)]
  const source = await openExistingDatabase(fromAddress, 'read')
  try {
    const { db: target, uninstalls } = await openDatabase(toAddress)
    try {
      if (await identityOf(fromAddress, source) === await identityOf(toAddress, target)) throw new StoreTargetError(`${toName}: this is the store to copy from`)
      await copyStore(source, target, {
        onTable ({ table, rows, written }) { console.log(`${table}: ${rows} rows verified, ${written} written`) },
        onProgress (table, rows) { console.log(`${table}: ${rows} rows copied so far`) }
      })
    } finally {
      await uninstalls.close()
      await target.destroy()
    }
  } finally {
    await source.destroy()
  }
  console.log('done: from now on start the service on <to> only, with the same APP_SECRET. One on <from> would refresh tokens too, and each takes them from the other.')
} catch (error) {
  console.error((error as Error).message) // nothing else is thrown
  process.exitCode = 1
}
