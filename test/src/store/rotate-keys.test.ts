import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import SqliteDatabase from 'better-sqlite3'
import t, { type Test } from 'tap'
import { createKeyRing } from '../../../src/keys.ts'
import { memberHash } from '../../../src/logger.ts'
import { installed, tokens } from '../../../src/store/contract/contract-values.ts'
import { createCipher } from '../../../src/store/encryption.ts'
import { openDatabase } from '../../../src/store/open-database.ts'
import { createStore, openStore } from '../../../src/store/open-store.ts'
import { rotateKeys } from '../../../src/store/rotate-keys.ts'
import { startPostgres } from '../../postgres.ts'

const secret = (byte: number) => Buffer.alloc(32, byte).toString('base64')
const [older, both, newer] = [secret(1), `${secret(2)},${secret(1)}`, secret(2)]
const cipherOf = (keys: string) => createCipher(createKeyRing(keys).derive('store'))
const postgres = await startPostgres()
t.teardown(() => postgres.close())

async function filled (t: Test, url: string, portals: number) {
  const database = await openDatabase(url)
  const store = createStore(database, createKeyRing(older))
  t.after(() => store.close())
  for (let index = 0; index < portals; index++) await store.install({ ...installed, memberId: `portal-${index}` }, 10)
  return { db: database.db, store }
}
async function withKeys (t: Test, url: string, keys: string) {
  const store = await openStore({ url, keyRing: createKeyRing(keys) })
  t.after(() => store.close())
  return store
}

/** `npm run rotate-keys`, beside whoever else uses the store. */
const program = (url: string, appSecret: string) => promisify(execFile)(process.execPath, [join(import.meta.dirname, '../../../src/rotate-keys.ts')], {
  env: { ...process.env, PUBLIC_URL: 'https://widget.example.com', B24_CLIENT_ID: 'local.1', B24_CLIENT_SECRET: 'client-secret', APP_SECRET: appSecret, DATABASE_URL: url }
}).then(({ stdout }) => ({ code: 0, stdout, stderr: '' }), ({ code, stdout, stderr }: { code: number, stdout: string, stderr: string }) => ({ code, stdout, stderr }))

for (const [kind, open] of [['SQLite', (t: Test) => `sqlite:${join(t.testdir(), 'test.db')}`], ['PostgreSQL', () => postgres.createDatabase()]] as const) {
  await t.test(`${kind}: the old key is needed no more, and nothing else has changed`, async t => {
    const url = open(t)
    const { db, store } = await filled(t, url, 120)
    await store.markUninstalled('portal-7', 20)
    const before = await store.get('portal-1')
    const steps: number[] = []
    t.strictSame(await rotateKeys(db, cipherOf(both), count => { steps.push(count) }), { rewritten: 119, unreadable: new Set() })
    t.strictSame(steps, [100, 119])
    const after = await withKeys(t, url, newer)
    t.strictSame(await after.get('portal-1'), before)
    for (let index = 0; index < 120; index++) t.equal((await after.get(`portal-${index}`))?.tokens === null, index === 7)
    t.strictSame(await rotateKeys(db, cipherOf(both)), { rewritten: 0, unreadable: new Set() }, 'a second time there is nothing to do')
  })

  await t.test(`${kind}: what services write meanwhile stays`, async t => {
    const url = open(t)
    await filled(t, url, 120)
    const service = await withKeys(t, url, older)
    const pairs = Array.from({ length: 120 }, (_, index) => ({ ...tokens, refreshToken: `renewed-${index}` }))
    const rotation = program(url, both)
    for (const [index, pair] of pairs.entries()) t.ok(await service.replaceTokens(`portal-${index}`, pair, 20, 1))
    t.match(await rotation, { code: 0 })
    await program(url, both)
    const after = await withKeys(t, url, newer)
    for (const [index, pair] of pairs.entries()) t.strictSame((await after.get(`portal-${index}`))?.tokens, pair)
  })
}

await t.test('a pair that is written between the reading of a row and its writing wins, and is rotated too', async t => {
  const url = `sqlite:${join(t.testdir(), 'test.db')}`
  const { db, store } = await filled(t, url, 2)
  const cipher = cipherOf(both)
  let overtaken = false
  const racing = {
    ...cipher,
    encrypt (text: string, memberId: string, column: string) {
      if (!overtaken) {
        overtaken = true
        // Another process writes; the transaction of the rotation has not written yet.
        const database = new SqliteDatabase(url.slice('sqlite:'.length))
        database.prepare('update installations set access_token = ? where member_id = ?').run(cipherOf(older).encrypt('newest', memberId, 'access_token'), memberId)
        database.close()
      }
      return cipher.encrypt(text, memberId, column)
    }
  }
  t.equal((await rotateKeys(db, racing)).rewritten, 2)
  t.equal((await store.get('portal-0'))?.tokens, null, 'the old key opens nothing any more')
  t.equal((await (await withKeys(t, url, newer)).get('portal-0'))?.tokens?.accessToken, 'newest')
})

await t.test('a row that no key opens is named by the hash of its portal, and left as it is', async t => {
  const url = `sqlite:${join(t.testdir(), 'test.db')}`
  const { db, store } = await filled(t, url, 3)
  const database = new SqliteDatabase(url.slice('sqlite:'.length))
  database.exec("update installations set refresh_token = 'v1.00000000.a.b.c' where member_id = 'portal-1'")
  const { code, stdout } = await program(url, both)
  t.equal(code, 1)
  t.match(stdout, 'done: 3 rewritten with the newest key, 1 that no key opens')
  t.match(stdout, memberHash('portal-1'))
  t.notMatch(stdout, 'portal-1')
  t.strictSame(database.prepare("select refresh_token from installations where member_id = 'portal-1'").pluck().get(), 'v1.00000000.a.b.c')
  database.close()
  t.strictSame(await rotateKeys(db, cipherOf(both)), { rewritten: 0, unreadable: new Set([memberHash('portal-1')]) })
  await store.install({ ...installed, memberId: 'portal-1' }, 30)
  t.match(await program(url, both), { code: 0, stdout: /1 rewritten .* 0 that no key opens\nThe older keys can be taken out/ })
  t.match(await program(url, 'no key'), { code: 1, stderr: /^APP_SECRET: must be base64/ })
})
