import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { hashOf, readRecord } from '../../../plugins/frontend/record.ts'

/** An application with an entry, and a build of it. */
function application (t: Test) {
  const folder = t.testdir({ 'shared.ts': '', frontend: { 'order.ts': '1', parts: { 'a.ts': '' } }, ui: {} })
  const paths = ['shared.ts', 'frontend/order.ts', 'frontend/parts/a.ts']
  const sources = Object.fromEntries(paths.map(path => [path, hashOf(join(folder, path))]))
  const record = { version: 1, entries: { order: { html: '<p>order</p>', sources } } }
  const write = (path: string, text: string) => { writeFileSync(join(folder, path), text) }
  write('ui/record.json', JSON.stringify(record))
  return {
    write,
    remove: (path: string) => { rmSync(join(folder, path), { recursive: true }) },
    read: () => readRecord(join(folder, 'ui'), join(folder, 'frontend')),
    readAlone: () => readRecord(join(folder, 'ui')),
    record
  }
}

await t.test('readRecord: gives the pages of a build that is up to date', async t => {
  const { read, readAlone, record, remove } = application(t)
  t.strictSame(read(), record)
  remove('frontend/parts')
  t.strictSame(read(), record, 'of sources that are not there nothing is known')
  remove('frontend')
  t.strictSame(readAlone(), record)
})

await t.test('readRecord: refuses a build that is missing, older or damaged', async t => {
  const damaged = 'The build of the front end is of another version, or damaged'
  const rows: Array<[change: (app: ReturnType<typeof application>) => void, sentence: string]> = [
    [app => app.remove('ui'), 'The front end has no build'],
    [app => app.write('frontend/board.jsx', ''), 'The entry board of the front end has no build'],
    [app => app.write('frontend/order.ts', '2'),
      'The build of the entry order is older than its sources (frontend/order.ts)'],
    [app => app.write('shared.ts', 'new'), 'The build of the entry order is older than its sources (shared.ts)'],
    [app => app.write('ui/record.json', '{'), damaged],
    [app => app.write('ui/record.json', '{"version":0}'), damaged]
  ]
  for (const [change, sentence] of rows) {
    const app = application(t)
    change(app)
    t.throws(() => app.read(),
      { code: 'B24_ERR_FRONTEND_BUILD', message: `${sentence}: run fastify-bitrix24 build` })
  }
})
