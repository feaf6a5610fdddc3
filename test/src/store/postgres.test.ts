import { once } from 'node:events'
import pg from 'pg'
import { pino } from 'pino'
import t from 'tap'
import { createKeyRing } from '../../../src/keys.ts'
import { installed, memberId, renewed, tokens } from '../../../src/store/contract/contract-values.ts'
import { count } from '../../../src/store/contract/opening-contract.ts'
import { storeContract } from '../../../src/store/contract/store-contract.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { logLines, until } from '../../helper.ts'
import { startPostgres } from '../../postgres.ts'

const secret = (byte: number) => Buffer.alloc(32, byte).toString('base64')
const keyRing = createKeyRing(secret(1))
const postgres = await startPostgres()
const url = postgres.createDatabase()
const open = (log?: pino.Logger) => openStore({ url, keyRing, ...(log && { log }) })
const owner = new pg.Client(url)
await owner.connect()
t.teardown(async () => {
  await owner.end()
  postgres.close()
})

await t.test('of many instances that start at once on an empty database one makes the tables', async t => {
  const { lines, stream } = logLines()
  const stores = await Promise.all(Array.from({ length: 6 }, () => open(pino(stream))))
  t.after(() => Promise.all(stores.map(store => store.close())))
  t.equal(lines.filter(({ migrations }) => migrations !== undefined).length, 1)
  await Promise.all(stores.map(store => store.ping()))
})

await t.test('PostgreSQL keeps the contract', async t => {
  for (const { name, run } of storeContract) {
    await t.resolves(run(async () => {
      await owner.query('truncate installations, links, openings, approvals, approval_steps')
      return await open()
    }), name)
  }
})
