import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import t, { type Test } from 'tap'
import { createKeyRing } from '../../../src/crypto/keys.ts'
import { memberHash } from '../../../src/log/logger.ts'
import { installed, tokens } from '../../store-contract/contract-values.ts'
import { createCipher, type Cipher } from '../../../src/crypto/encryption.ts'
import type { Database } from '../../../src/store/database.ts'
import { openDatabase } from '../../../src/store/open-database.ts'
import { createStore, openStore } from '../../../src/store/open-store.ts'
import { readStoreAddress } from '../../../src/store/store-address.ts'
import { rotateKeys } from '../../../src/tools/reencrypt.ts'
import { startPostgres } from '../../postgres.ts'
import { runTool } from '../../tool.ts'

const secret = (byte: number) => Buffer.alloc(32, byte).toString('base64')
const [older, both, newer] = [secret(1), `${secret(2)},${secret(1)}`, secret(2)]
const cipherOf = (keys: string) => createCipher(createKeyRing(keys).derive('store'))
const postgres = await startPostgres()

async function filled (t: Test, url: string, portals: number) {
  const database = await openDatabase(readStoreAddress(url))
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

const rotate = (db: Kysely<Database>, cipher: Cipher) => rotateKeys(db, cipher, () => {})

/** `npm run rotate-keys`, beside whoever else uses the store. */
const program = (url: string, appSecret: string) => runTool('rotate-keys', [], {
  PUBLIC_URL: 'https://widget.example.com',
  B24_CLIENT_ID: 'local.1',
  B24_CLIENT_SECRET: 'client-secret',
  APP_SECRET: appSecret,
  DATABASE_URL: url
})

const report = (installations: number, rewritten: number) =>
  ({ installations, rewritten, unreadable: 0, unreadablePortals: [], opensAny: true })

/** The keys, while another process writes a row after it was read and before it is written. */
function overtaken (url: string): Cipher {
  const cipher = cipherOf(both)
  let isOvertaken = false
  return {
    ...cipher,
    encrypt (text, memberId, column) {
      if (!isOvertaken) {
        isOvertaken = true
        // The transaction of the rotation has not written yet.
        const database = new SqliteDatabase(url.slice('sqlite:'.length))
        database.prepare('update installations set access_token = ? where member_id = ?').run(
          cipherOf(older).encrypt('newest', memberId, 'access_token'), memberId
        )
        database.close()
      }
      return cipher.encrypt(text, memberId, column)
    }
  }
}

for (const [kind, open] of [['SQLite', (t: Test) =>
  `sqlite:${join(t.testdir(), 'test.db')}`], ['PostgreSQL', () => postgres.createDatabase()]] as const) {
  await t.test(`${kind}: the old key is needed no more, and nothing else has changed`, async t => {
    const url = open(t)
    const { db, store } = await filled(t, url, 120)
    await store.markUninstalled('portal-7', 20)
    const before = await store.get('portal-1')
    t.strictSame(await rotate(db, cipherOf(both)), report(120, 119))
    const after = await withKeys(t, url, newer)
    t.strictSame(await after.get('portal-1'), before)
    for (let index = 0; index < 120; index++) {
      t.equal((await after.get(`portal-${index}`))?.tokens === null, index === 7)
    }
    t.strictSame(await rotate(db, cipherOf(both)), report(120, 0), 'a second time there is nothing to do')
  })

  await t.test(`${kind}: what services write meanwhile stays`, async t => {
    const url = open(t)
    await filled(t, url, 120)
    const service = await withKeys(t, url, older)
    const pairs = Array.from({ length: 120 }, (_, index) => ({ ...tokens, refreshToken: `refreshed-${index}` }))
    const rotation = program(url, both)
    for (const [index, pair] of pairs.entries()) t.ok(await service.replaceTokens(`portal-${index}`, pair, 20, 1))
    t.match(await rotation, { code: 0 })
    await program(url, both)
    const after = await withKeys(t, url, newer)
    for (const [index, pair] of pairs.entries()) t.strictSame((await after.get(`portal-${index}`))?.tokens, pair)
  })
}

await t.test('rotateKeys: lets a pair win that is written meanwhile', async t => {
  const url = `sqlite:${join(t.testdir(), 'test.db')}`
  const { db, store } = await filled(t, url, 2)
  t.equal((await rotate(db, overtaken(url))).rewritten, 2)
  t.equal((await store.get('portal-0'))?.tokens, null, 'the old key opens nothing any more')
  t.equal((await (await withKeys(t, url, newer)).get('portal-0'))?.tokens?.accessToken, 'newest')
})

await t.test('rotateKeys: counts an unreadable row once, and leaves it', async t => {
  const url = `sqlite:${join(t.testdir(), 'test.db')}`
  const { db } = await filled(t, url, 2)
  await db.updateTable('installations').set({
    refresh_token: 'v1.00000000.a.b.c'
  }).where('member_id', '=', 'portal-0').execute()
  const report = {
    installations: 2,
    unreadable: 1,
    unreadablePortals: [{ member: memberHash('portal-0'), domain: installed.domain }],
    opensAny: true
  }
  t.strictSame(await rotate(db, overtaken(url)), { ...report, rewritten: 2 })
  t.strictSame(await rotate(db, cipherOf(both)), { ...report, rewritten: 0 })
  const row = await db.selectFrom('installations').select('refresh_token').where('member_id', '=', 'portal-0')
    .executeTakeFirst()
  t.equal(row?.refresh_token, 'v1.00000000.a.b.c')
})

await t.test('rotateKeys: encrypts a candidate refresh token, too', async t => {
  const url = `sqlite:${join(t.testdir(), 'test.db')}`
  const { db, store } = await filled(t, url, 2)
  await store.replaceTokens('portal-1', tokens, 10, 1, 'offered')
  await rotate(db, cipherOf(both))
  t.match(await (await withKeys(t, url, newer)).get('portal-1'), { tokens, candidateRefreshToken: 'offered' })
})

await t.test('rotateKeys: encrypts the pairs of system users, too', async t => {
  const url = `sqlite:${join(t.testdir(), 'test.db')}`
  const { db, store } = await filled(t, url, 3)
  for (const id of ['portal-0', 'portal-2']) await store.systemUsers.put(id, 9, tokens, 20)
  await db.updateTable('system_users').set({ access_token: 'v1.00000000.a.b.c' }).where('member_id', '=', 'portal-2')
    .execute()
  const named = [{ member: memberHash('portal-2'), domain: installed.domain }]
  const unreadable = { unreadable: 1, unreadablePortals: named }
  t.strictSame(await rotate(db, cipherOf(both)), { ...report(3, 5), ...unreadable })
  const after = await withKeys(t, url, newer)
  t.match(await after.systemUsers.get('portal-0'), { tokens, userId: 9 })
  t.strictSame(await rotate(db, cipherOf(both)), { ...report(3, 0), ...unreadable })
  await db.updateTable('installations').set({ refresh_token: 'v1.00000000.a.b.c' }).execute()
  t.match(await rotate(db, cipherOf(both)), { unreadable: 3, unreadablePortals: { length: 3 } }, 'portals, not pairs')
})

await t.test('rotateKeys: opens nothing with the keys of another store', async t => {
  const { db } = await filled(t, `sqlite:${join(t.testdir(), 'test.db')}`, 2)
  t.match(await rotate(db, cipherOf(secret(3))), { installations: 2, rewritten: 0, unreadable: 2, opensAny: false })
})
