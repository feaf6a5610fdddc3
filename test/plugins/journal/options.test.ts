import Fastify from 'fastify'
import fp from 'fastify-plugin'
import t from 'tap'
import journal, { type JournalOptions } from '../../../plugins/journal/index.ts'
import { createKeyRing } from '../../../src/crypto/keys.ts'
import { openStore } from '../../../src/store/open-store.ts'

await t.test('journal: stops the start when an option is wrong', async t => {
  const keyRing = createKeyRing(Buffer.alloc(32).toString('base64'))
  const store = await openStore({ url: 'sqlite::memory:', keyRing })
  t.after(() => store.close())
  const good = { store, days: 3 }
  const rows: Array<[options: object, message: string]> = [
    [{ store: undefined }, 'store must be a store'],
    ...[-1, 1.5].map((days): typeof rows[number] => [{ days }, 'days must be a whole number of days']),
    [{ maxRowsPerPortal: 0 }, 'maxRowsPerPortal must be a number above 0, at most 2147483647'],
    [{ maxRows: 0 }, 'maxRows must be a number above 0, at most 2147483647'],
    [{ now: 1 }, 'now must be a function that returns a number']
  ]
  for (const [options, message] of rows) {
    const app = Fastify()
    const dependencies = ['auth-token', 'placement-dispatch', 'page', 'page-session', 'installation', 'portal-rest']
    for (const name of dependencies) {
      app.register(fp(async () => {}, { name: `b24-${name}` }))
    }
    await t.rejects(async () => await app.register(journal, { ...good, ...options } as JournalOptions),
      { message: `journal: options.${message}` })
    await app.close()
  }
})
