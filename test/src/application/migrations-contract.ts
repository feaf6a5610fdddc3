import type { Test } from 'tap'
import { migrateApplication } from '../../../src/application/migrations.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { createKeyRing } from '../../../src/crypto/keys.ts'

const keyRing = createKeyRing(Buffer.alloc(32, 1).toString('base64'))
const creates = (table: string) => `export const up = async db => {
  await db.schema.createTable('${table}').addColumn('id', 'bigint').execute()
}`

/** What migrations of an application do, in the database at this address. */
export async function migrationsContract (t: Test, url: string): Promise<void> {
  const store = await openStore({ url, keyRing })
  t.after(() => store.close())
  const run = async (files: Record<string, string>) => {
    const folder = t.testdir({ 'package.json': '{"type":"module"}', migrations: files })
    await migrateApplication(store.database, `${folder}/migrations`)
  }
  const tables = async () => (await store.database.introspection.getTables()).map(({ name }) => name)
    .filter(name => /^(comment|answer|note)s$/.test(name)).sort()

  await t.test('migrations: run in order of their names, each once', async t => {
    const files = { '0002.js': creates('answers'), '0001.js': creates('comments'), 'README.md': '' }
    for (let times = 0; times < 2; times++) await run(files)
    t.strictSame(await tables(), ['answers', 'comments'])
  })

  await t.test('migrations: leave nothing behind when one fails, and run at the next start', async t => {
    const before = { '0001.js': creates('comments'), '0002.js': creates('answers') }
    const torn = `${creates('notes').slice(0, -1)}; throw new Error('torn') }`
    await t.rejects(run({ ...before, '0003.js': torn }), {
      code: 'B24_ERR_MIGRATION', message: /\/migrations\/0003\.js: torn$/
    })
    t.strictSame(await tables(), ['answers', 'comments'])
    await run({ ...before, '0004.js': creates('notes') })
    t.strictSame(await tables(), ['answers', 'comments', 'notes'])
  })

  await t.test('migrations: name the file or the folder that is at fault', async t => {
    const ran = { '0001.js': creates('comments'), '0002.js': creates('answers'), '0004.js': creates('notes') }
    const throws = (file: string, thrown: string) => ({ ...ran, [file]: `export const up = () => { throw ${thrown} }` })
    const rows: Array<[files: Record<string, string>, message: RegExp]> = [
      [{ '0009.js': 'export const down = 1' }, /\/migrations\/0009\.js: exports no function up\(db\)$/],
      [throws('0005.js', "'torn'"), /\/migrations\/0005\.js: throws 'torn'$/],
      [throws('0006.js', 'undefined'), /\/migrations\/0006\.js: throws undefined$/],
      [{}, /\/migrations: .*000\d is missing/]
    ]
    for (const [files, message] of rows) await t.rejects(run(files), { code: 'B24_ERR_MIGRATION', message })
  })
}
