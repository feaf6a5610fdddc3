import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createKeyRing } from '../../../../src/crypto/keys.ts'
import { openStore } from '../../../../src/store/open-store.ts'

// The rest is in approval-contract.ts, for every database.
const keyRing = createKeyRing(Buffer.alloc(32, 1).toString('base64'))

async function open (t: Test, url: string) {
  const store = await openStore({ url, keyRing })
  t.after(() => store.close())
  return store
}

await t.test('of many answers at the same moment, in two services, all see the same one', async t => {
  const url = `sqlite:${join(t.testdir(), 'test.db')}`
  const stores = [await open(t, url), await open(t, url)]
  const answers = await Promise.all(Array.from({ length: 20 }, async (_, userId) =>
    await stores[userId % 2]?.approvals.answer('m', 'l', { answer: userId % 3 === 0 ? 'approved' : 'declined', userId }, userId)))
  t.equal(new Set(answers.map(answer => JSON.stringify(answer))).size, 1)
  const claims = await Promise.all(Array.from({ length: 20 }, async (_, index) => await stores[index % 2]?.approvals.claim('m', 'l', 'comment', 1000)))
  t.equal(claims.filter(Boolean).length, 1)
})
