import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createKeyRing } from '../../../src/keys.ts'
import { openStore } from '../../../src/store/open-store.ts'

const keyRing = createKeyRing(Buffer.alloc(32, 1).toString('base64'))
const approved = { answer: 'approved', userId: 1 } as const

async function open (t: Test, url = 'sqlite::memory:') {
  const store = await openStore({ url, keyRing })
  t.after(() => store.close())
  return store
}

await t.test('the first answer counts, whoever gives the second', async t => {
  const { approvals } = await open(t)
  t.equal(await approvals.find('m', 'l', 1000), undefined)
  const first = { ...approved, at: 10, done: [], underWay: [] }
  t.strictSame(await approvals.answer('m', 'l', approved, 10), first)
  t.strictSame(await approvals.answer('m', 'l', { answer: 'declined', userId: 2 }, 20), first)
  t.strictSame(await approvals.find('m', 'l', 1000), first)
  t.match(await approvals.answer('m', 'other', { answer: 'declined', userId: 2 }, 20), { answer: 'declined' })
  t.match(await approvals.answer('other', 'l', { answer: 'declined', userId: 2 }, 20), { answer: 'declined' })
})

await t.test('of many answers at the same moment, in two services, all see the same one', async t => {
  const url = `sqlite:${join(t.testdir(), 'test.db')}`
  const stores = [await open(t, url), await open(t, url)]
  const answers = await Promise.all(Array.from({ length: 20 }, async (_, userId) =>
    await stores[userId % 2]?.approvals.answer('m', 'l', { answer: userId % 3 === 0 ? 'approved' : 'declined', userId }, userId)))
  t.equal(new Set(answers.map(answer => JSON.stringify(answer))).size, 1)
  const claims = await Promise.all(Array.from({ length: 20 }, async (_, index) => await stores[index % 2]?.approvals.claim('m', 'l', 'comment', 1000)))
  t.equal(claims.filter(Boolean).length, 1)
})

await t.test('a step is taken by one at a time, until it is done', async t => {
  const { approvals } = await open(t)
  await approvals.answer('m', 'l', approved, 10)
  t.equal(await approvals.claim('m', 'l', 'comment', 1000), true)
  t.equal(await approvals.claim('m', 'l', 'comment', 2000), false)
  t.equal(await approvals.claim('m', 'l', 'notification', 2000), true, 'another step is another one')
  t.strictSame((await approvals.find('m', 'l', 60_999))?.underWay, ['comment', 'notification'])
  t.strictSame((await approvals.find('m', 'l', 61_000))?.underWay, ['notification'])
  t.equal(await approvals.claim('m', 'l', 'comment', 61_000), true, 'who took it may have come to an end')
  await approvals.settle('m', 'l', 'comment', false)
  t.strictSame((await approvals.find('m', 'l', 61_000))?.underWay, ['notification'], 'what failed is under way no more')
  t.equal(await approvals.claim('m', 'l', 'comment', 61_001), true, 'it failed')
  await approvals.settle('m', 'l', 'comment', true)
  t.equal(await approvals.claim('m', 'l', 'comment', 999_999), false)
  t.strictSame(await approvals.find('m', 'l', 62_000), { ...approved, at: 10, done: ['comment'], underWay: [] })
})

await t.test('answers are forgotten with the installation', async t => {
  const store = await open(t)
  for (const memberId of ['m', 'other']) {
    await store.approvals.answer(memberId, 'l', approved, 10)
    await store.approvals.claim(memberId, 'l', 'comment', 1000)
  }
  await store.markUninstalled('m', 20)
  t.equal(await store.approvals.find('m', 'l', 1000), undefined)
  t.equal(await store.approvals.claim('m', 'l', 'comment', 1001), true)
  t.match(await store.approvals.find('other', 'l', 1000), approved)
})

await t.test('answers are forgotten when they are old, with what was told of them', async t => {
  const { approvals } = await open(t)
  for (const [id, at] of [['old', 10], ['new', 20]] as const) {
    await approvals.answer('m', id, approved, at)
    await approvals.claim('m', id, 'comment', at)
  }
  await approvals.purge(20)
  t.equal(await approvals.find('m', 'old', 30), undefined)
  t.equal(await approvals.claim('m', 'old', 'comment', 30), true)
  t.match(await approvals.find('m', 'new', 30), { underWay: ['comment'] })
})
