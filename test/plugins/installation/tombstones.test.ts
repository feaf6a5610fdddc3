import Fastify from 'fastify'
import t from 'tap'
import tombstones from '../../../plugins/installation/tombstones.ts'
import { createKeyRing } from '../../../src/crypto/keys.ts'
import { installed } from '../../store-contract/contract-values.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { logLines } from '../../helper.ts'

const day = 86_400_000

await t.test('90 days after an uninstall nothing says whose portal it was', async t => {
  const store = await openStore({ url: 'sqlite::memory:', keyRing: createKeyRing(Buffer.alloc(32, 1).toString('base64')) })
  t.after(() => store.close())
  const now = Date.now()
  const portals = [['living', undefined], ['89 days', 89], ['91 days', 91], ['92 days', 92]] as const
  for (const [memberId, days] of portals) {
    await store.install({ ...installed, memberId }, 10)
    if (days !== undefined) await store.markUninstalled(memberId, now - days * day)
  }
  const names = () => Promise.all(portals.map(async ([memberId]) => (await store.get(memberId))?.domain))
  const { domain } = installed
  for (const expected of [[domain, domain, domain, ''], [domain, domain, '', '']]) {
    const app = Fastify()
    await app.register(tombstones, { store, limit: 1, now: () => now })
    await app.ready()
    await app.close()
    t.strictSame(await names(), expected, 'a few at a time')
  }
  t.match(await store.get('92 days'), { memberId: '92 days', userId: null, scope: [], uninstalledAt: now - 92 * day })
})

await t.test('a store that fails is no reason to stop', async t => {
  const { lines, stream } = logLines()
  const app = Fastify({ logger: { level: 'error', stream } })
  await app.register(tombstones, { store: { clearTombstones: async () => { throw new Error('disk full') } } })
  await app.ready()
  await app.close()
  t.match(lines, [{ msg: /cannot be cleared/, err: { message: 'disk full' } }])
})
