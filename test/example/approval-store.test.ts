import { join } from 'node:path'
import t from 'tap'
import { createApprovalStore } from '../../example/screens/approval/approval-store.ts'
import { migrateApplication } from '../../src/application/migrations.ts'
import { createKeyRing } from '../../src/crypto/keys.ts'
import { openStore } from '../../src/store/open-store.ts'
import { startPostgres } from '../postgres.ts'
import { approvalContract } from './approval-contract.ts'

const keyRing = createKeyRing(Buffer.alloc(32, 1).toString('base64'))
const postgres = await startPostgres()

async function open (url: string) {
  const store = await openStore({ url, keyRing })
  await migrateApplication(store.database, join(import.meta.dirname, '../../example/migrations'))
  return { ...store, approvals: createApprovalStore(store.database) }
}

const kinds = { SQLite: () => 'sqlite::memory:', PostgreSQL: () => postgres.createDatabase() }
for (const [kind, newUrl] of Object.entries(kinds)) {
  await t.test(`example: the approval store keeps its contract on ${kind}`, async t => {
    for (const { name, run } of approvalContract) await t.resolves(run(() => open(newUrl())), name)
  })
}

await t.test('approval store: keeps one answer when two services get many', async t => {
  const url = `sqlite:${join(t.testdir(), 'test.db')}`
  const stores = [await open(url), await open(url)] as const
  t.after(() => Promise.all(stores.map(store => store.close())))
  const answers = await Promise.all(Array.from({ length: 20 }, async (_, userId) =>
    await stores[userId % 2 === 0 ? 0 : 1].approvals
      .answer('m', 'l', { answer: userId % 3 === 0 ? 'approved' : 'declined', userId }, userId)))
  t.equal(new Set(answers.map(answer => JSON.stringify(answer))).size, 1)
  const claims = await Promise.all(Array.from({ length: 20 }, async (_, index) =>
    await stores[index % 2 === 0 ? 0 : 1].approvals.claim('m', 'l', 'comment', 1000)))
  t.equal(claims.filter(Boolean).length, 1)
})
