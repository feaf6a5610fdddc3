// npm run migrate-store -- <from> <to>: copies all that a service keeps, from SQLite to PostgreSQL or the other way round.
import { copyStore } from './store/copy-store.ts'
import { openDatabase, openDatabaseToRead } from './store/open-database.ts'

const [from, to] = process.argv.slice(2)
try {
  if (from === undefined || to === undefined || from === to) throw new Error('npm run migrate-store -- <from> <to>: two different addresses, as in DATABASE_URL')
  const source = await openDatabaseToRead(from)
  try {
    const { db, uninstalls } = await openDatabase(to)
    await copyStore(source, db, ({ table, rows, written }) => { console.log(`${table}: ${rows} rows verified, ${written} written`) })
      .finally(async () => {
        await uninstalls.close()
        await db.destroy()
      })
  } finally {
    await source.destroy()
  }
} catch (error) {
  console.error((error as Error).message) // nothing else is thrown
  process.exitCode = 1
}
