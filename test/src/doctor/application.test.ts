import t, { type Test } from 'tap'
import { migrateApplication } from '../../../src/application/migrations.ts'
import { diagnose, startPatient } from './patient.ts'

type Files = Record<string, string | Record<string, string>>
/** A folder of an application: only one in each test, as a second replaces the first. */
const folderOf = (t: Test, files: Files) => t.testdir({ 'package.json': '{"type":"module"}', ...files })
const creates = (table: string) => `export const up = async db => {
  await db.schema.createTable('${table}').addColumn('id', 'bigint').execute()
}`
const throwing = (value: string) => `export default async () => { throw ${value} }`

await t.test('doctor: names the file of the application that is at fault', async t => {
  const { env } = await startPatient(t)
  const rows: Array<[file: string, text: string, why: string | RegExp]> = [
    ['plugins/crm.js', throwing('new Error("torn")'), 'torn'],
    ['plugins/crm.js', 'export default async (', 'Unexpected end of input'],
    ['plugins/crm.js', 'export const name = 1', /no plugin/],
    ['placements/CRM_DEAL_DETAIL_TAB.ts', 'enum Nothing {}', /enum/],
    ['placements/CRM_DEAL_DETAIL_TAB.js', 'import "nowhere"', /Cannot find package/],
    ['screens/part.js', 'export default async fastify => { fastify.screen("part") }', /./],
    ['locales/de.json', '{', /JSON/],
    ['migrations/0001.js', 'export const down = 1', /no function up/],
    ['migrations/0001.js', 'export const up = (', /./],
    ['migrations/0001.js', 'export const up = async () => { throw new Error("torn") }', 'torn']
  ]
  for (const [path, text, why] of rows) {
    await t.test(text, async t => {
      const [folder = '', file = ''] = path.split('/')
      const APPLICATION = folderOf(t, { [folder]: { [file]: text } })
      const { findings } = await diagnose(t, { ...env, APPLICATION })
      t.match(findings, [{ code: 'application', message: `${APPLICATION}/${path}` }])
      t.match(findings[0]?.message, why)
      t.equal(findings.length, 1)
    })
  }
})

await t.test('doctor: says what an application throws, but no secret', async t => {
  const { env } = await startPatient(t)
  const rows: Array<[value: string, said: RegExp]> = [
    ['"just a text"', /start: just a text\.$/],
    [`new Error("refused: ${env['B24_CLIENT_SECRET']}")`, /crm\.js: refused: [^ ]+$/]
  ]
  for (const [index, [value, said]] of rows.entries()) {
    await t.test(String(index), async t => {
      const APPLICATION = folderOf(t, { plugins: { 'crm.js': throwing(value) } })
      t.match((await diagnose(t, { ...env, APPLICATION })).findings, [{ code: 'application', message: said }])
    })
  }
})

await t.test('doctor: says that the pages cannot be shown', async t => {
  const { env } = await startPatient(t)
  for (const view of ['outside', 'error', 'layout']) {
    await t.test(view, async t => {
      const APPLICATION = folderOf(t, { views: { [`${view}.eta`]: '<% throw new Error("gone") %>' } })
      const { findings } = await diagnose(t, { ...env, APPLICATION })
      t.match(findings[0], { code: 'pages', message: /^The service cannot show its pages: gone[.;]/ })
    })
  }
})

await t.test('doctor: compares the migrations that have run with the folder', async t => {
  const { env, store } = await startPatient(t)
  const both = { '0002.js': creates('answers'), '0003.js': creates('comments') }
  await t.test('at the first start', async t => {
    await migrateApplication(store.database, `${folderOf(t, { migrations: both })}/migrations`)
  })
  const rows: Array<[codes: string[], named: string | RegExp, files: Files]> = [
    [[], /^$/, { migrations: both }],
    [['migrations-pending'], /0004, 0005/, {
      migrations: { ...both, '0005.js': creates('votes'), '0004.js': creates('notes') }
    }],
    [['migration-order'], /0001/, { migrations: { ...both, '0001.js': creates('notes') } }],
    [['migration-missing'], /0002/, { migrations: { '0003.js': creates('comments') } }],
    [['migration-missing'], /0002, 0003/, {}]
  ]
  for (const [codes, named, files] of rows) {
    await t.test(codes.join() || 'all have run', async t => {
      const found = await diagnose(t, { ...env, APPLICATION: folderOf(t, files) })
      t.strictSame(found.codes, codes)
      t.match(found.findings.map(({ message }) => message).join(), named)
    })
  }
})
