import { linkSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openDatabase } from '../../../src/store/open-database.ts'
import { identityOf, readStoreAddress } from '../../../src/store/store-address.ts'
import { startPostgres } from '../../postgres.ts'

await t.test('readStoreAddress: names what is no address, and does not show it', async t => {
  const kinds = '<from>: must be sqlite:<file> or postgres://…'
  const unreadable = '<from>: is not an address; are special characters in the password percent-encoded?'
  for (const [url, message] of [
    ['mysql://owner:pass-word@host/test', kinds],
    ['postgres:owner:pass-word@host/test', kinds],
    ['foo', kinds],
    ['sqlite:', kinds],
    ['sqlite: ', kinds],
    ['', kinds],
    ['postgres://owner:pass-word@[host/test', unreadable],
    ['postgresql://owner:pass-word@host:test', unreadable]
  ] as const) t.throws(() => readStoreAddress(url, '<from>'), { code: 'B24_ERR_STORE_URL', message }, url)
})

await t.test('identityOf: is the same for every address of one database', async t => {
  const postgres = await startPostgres()
  const folder = t.testdir()
  mkdirSync(join(folder, 'data'))
  const identity = async (url: string) => {
    const address = readStoreAddress(url)
    const { db, changes } = await openDatabase(address)
    return await identityOf(address, db).finally(async () => {
      await changes.close()
      await db.destroy()
    })
  }
  const file = join(folder, 'test.db')
  const [sqlite, database] = [await identity(`sqlite:${file}`), postgres.createDatabase()]
  symlinkSync(file, join(folder, 'symbolic.db'))
  linkSync(file, join(folder, 'hard.db'))
  for (const name of ['data/../test.db', 'symbolic.db', 'hard.db']) {
    t.equal(await identity(`sqlite:${folder}/${name}`), sqlite, name)
  }
  t.equal(await identity(`sqlite: ${file} `), sqlite)
  const same = [
    database,
    `${database}?application_name=x`,
    database.replace('127.0.0.1', 'localhost'),
    database.replace('postgres:', 'postgresql:')
  ]
  const identities = [
    ...await Promise.all(same.map(identity)),
    sqlite,
    await identity(`sqlite:${folder}/other.db`),
    await identity('sqlite::memory:'),
    await identity(postgres.createDatabase())
  ]
  t.equal(new Set(identities).size, 5)
  t.equal(new Set(identities.slice(0, 4)).size, 1)
})
