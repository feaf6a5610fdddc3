import { join } from 'node:path'
import t from 'tap'
import { initialState } from '../../sandbox/initial-state.ts'
import { NO_TROUBLE } from '../../sandbox/state.ts'

const appUrl = 'http://127.0.0.1:9'

await t.test('initial state: nothing has happened at the start', async t => {
  const { application, authorizationServer, trouble, wire, content } = initialState({}, appUrl)
  t.after(() => content.close())
  t.strictSame([authorizationServer, trouble, wire.entries], ['', NO_TROUBLE, []])
  t.match(application, { code: application.clientId, clientSecret: /^[0-9a-f]{50}$/, installUrl: `${appUrl}/install` })
})

await t.test("initial state: the wire does not show the application's secret", async t => {
  for (const clientSecret of ['', 'opensesame']) {
    const { application, wire, content } = initialState({ clientSecret }, appUrl)
    t.after(() => content.close())
    t.not(application.clientSecret, '')
    t.equal(wire.readable(application.clientSecret), `${application.clientSecret.slice(0, 4)}…`)
    t.equal(wire.readable('text'), 'text')
  }
})

await t.test('initial state: a database that cannot be opened is said in a sentence', async t => {
  const folder = t.testdir({ 'other.txt': 'No database at all. '.repeat(100) })
  for (const database of [join(folder, 'other.txt'), join(folder, 'missing', 'portal.db'), folder]) {
    t.throws(() => initialState({ database }, appUrl),
      { message: new RegExp(`^The database ${database} of the portals cannot be opened: .* Name a file`) }, database)
  }
})
