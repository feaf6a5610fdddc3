import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { createKeyRing } from '../../../src/keys.ts'
import { copyStore } from '../../../src/store/copy-store.ts'
import { installed, memberId, refused, report } from '../../../src/store/contract/contract-values.ts'
import { count } from '../../../src/store/contract/opening-contract.ts'
import { openDatabase, openDatabaseToRead } from '../../../src/store/open-database.ts'
import { openStore, type Store } from '../../../src/store/open-store.ts'
import { startPostgres } from '../../postgres.ts'

const keyRing = createKeyRing(Buffer.alloc(32, 1).toString('base64'))
const postgres = await startPostgres()
t.teardown(() => postgres.close())
const newFile = (t: Test) => `sqlite:${join(t.testdir(), 'data/test.db')}`
const kinds = { SQLite: newFile, PostgreSQL: () => postgres.createDatabase() }

async function opened (t: Test, url: string): Promise<Store> {
  const store = await openStore({ url, keyRing })
  t.after(() => store.close())
  return store
}

/** A store with something in every table, and more portals than one page. */
async function fill (store: Store): Promise<void> {
  for (let index = 0; index < 120; index++) await store.install({ ...installed, memberId: `portal-${index}` }, 1000 + index)
  await store.install({ ...installed, domain: "it's “ünïcode” 😀" }, 10)
  await store.recordBindings(memberId, 'https://widget.example.com/placement', report, 20)
  await store.recordRenewal(memberId, refused, 1)
  await store.markUninstalled('portal-3', 4_102_444_800_000)
  await store.openings.record(Array.from({ length: 120 }, (_, userId) => ({ ...count, userId, linkId: `link-${userId % 4}` })))
  await store.approvals.answer(memberId, 'l', { answer: 'approved', userId: 1 }, 10)
  await store.approvals.claim(memberId, 'l', 'comment', 1000)
}

async function bothEnds (t: Test, from: string, to: string) {
  const source = await openDatabaseToRead(from)
  const target = await openDatabase(to)
  t.after(async () => {
    await source.destroy()
    await target.uninstalls.close()
    await target.db.destroy()
  })
  return { source, target: target.db }
}
const rows = { installations: 121, links: 4, openings: 120, approvals: 1, approval_steps: 1 }

for (const [fromKind, from] of Object.entries(kinds)) {
  for (const [toKind, to] of Object.entries(kinds)) {
    await t.test(`from ${fromKind} to ${toKind} everything is copied, and the second time nothing`, async t => {
      const [fromUrl, toUrl] = [from(t), to(t).replace('test.db', 'copy.db')]
      const store = await opened(t, fromUrl)
      await fill(store)
      const { source, target } = await bothEnds(t, fromUrl, toUrl)
      const told: string[] = []
      const reports = await copyStore(source, target, ({ table }) => { told.push(table) })
      t.strictSame(told, Object.keys(rows), 'one table after another')
      t.strictSame(Object.fromEntries(reports.map(({ table, rows }) => [table, rows])), rows)
      t.strictSame(Object.fromEntries(reports.map(({ table, written }) => [table, written])), rows)
      const copy = await opened(t, toUrl)
      for (const id of [memberId, 'portal-0', 'portal-3', 'portal-119']) t.strictSame(await copy.get(id), await store.get(id))
      t.strictSame(await copy.openings.links(memberId, 10, undefined), await store.openings.links(memberId, 10, undefined))
      t.strictSame(await copy.approvals.find(memberId, 'l', 0), await store.approvals.find(memberId, 'l', 0))
      t.ok((await copyStore(source, target)).every(({ written }) => written === 0))
    })
  }
}

await t.test('a copy that was interrupted goes on where it was, and what changed since is copied again', async t => {
  const [fromUrl, toUrl] = [newFile(t), postgres.createDatabase()]
  const store = await opened(t, fromUrl)
  await fill(store)
  const { source, target } = await bothEnds(t, fromUrl, toUrl)
  await sql`create function broken() returns trigger as 'begin raise exception ''broken''; end' language plpgsql`.execute(target)
  await sql`create trigger broken before insert on installations for each row when (new.member_id = 'portal-99') execute function broken()`.execute(target)
  await t.rejects(copyStore(source, target), /broken/)
  await sql`drop trigger broken on installations`.execute(target)
  await store.recordPortal({ ...installed, memberId: 'portal-0', domain: 'moved.bitrix24.com' }, 5000)
  const [{ written = 0, rows } = {}] = await copyStore(source, target)
  t.equal(rows, 121)
  t.ok(written > 1 && written < 121, 'not all anew')
  t.equal((await (await opened(t, toUrl)).get('portal-0'))?.domain, 'moved.bitrix24.com')
})

await t.test('a copy that is not the same is reported', async t => {
  const fromUrl = newFile(t)
  await fill(await opened(t, fromUrl))
  const { source, target } = await bothEnds(t, fromUrl, postgres.createDatabase())
  await sql`create function changed() returns trigger as 'begin new.domain = ''other''; return new; end' language plpgsql`.execute(target)
  await sql`create trigger changed before insert on installations for each row when (new.member_id = 'portal-9') execute function changed()`.execute(target)
  await t.rejects(copyStore(source, target), { code: 'B24_ERR_STORE_COPY', message: /^The copy of installations is not the same: 1 of .* another hash$/ })
})

await t.test('rows that were not in the source are reported', async t => {
  const [fromUrl, toUrl] = [newFile(t), newFile(t).replace('test.db', 'copy.db')]
  await fill(await opened(t, fromUrl))
  await (await opened(t, toUrl)).install({ ...installed, memberId: 'another' }, 10)
  const { source, target } = await bothEnds(t, fromUrl, toUrl)
  await t.rejects(copyStore(source, target), { message: 'The copy of installations is not the same: 122 rows instead of 121' })
})

await t.test('the source cannot be written to, and must be of this version', async t => {
  for (const open of Object.values(kinds)) {
    const url = open(t)
    const store = await opened(t, url)
    await fill(store)
    const source = await openDatabaseToRead(url)
    await t.rejects(source.deleteFrom('installations').execute(), /read-?only/)
    await source.destroy()
    const { db, uninstalls } = await openDatabase(url)
    await sql`delete from kysely_migration where name = '0004-token-life'`.execute(db)
    await uninstalls.close()
    await db.destroy()
    await t.rejects(openDatabaseToRead(url), { code: 'B24_ERR_STORE_VERSION' })
  }
  await t.rejects(openDatabaseToRead(newFile(t).replace('test.db', 'missing.db')), /unable to open|does not exist/)
})

await t.test('npm run migrate-store says what it did, and leaves the file as it was', async t => {
  const [fromUrl, toUrl] = [newFile(t), postgres.createDatabase()]
  const store = await openStore({ url: fromUrl, keyRing })
  await fill(store)
  await store.close()
  const file = () => createHash('sha256').update(readFileSync(fromUrl.slice('sqlite:'.length))).digest('hex')
  const before = file()
  const program = (...args: string[]) => promisify(execFile)(process.execPath, [join(import.meta.dirname, '../../../src/migrate-store.ts'), ...args])
    .then(({ stdout }) => ({ code: 0, stdout, stderr: '' }), ({ code, stdout, stderr }: { code: number, stdout: string, stderr: string }) => ({ code, stdout, stderr }))
  t.match(await program(fromUrl, toUrl), { code: 0, stdout: 'installations: 121 rows verified, 121 written\nlinks: 4 rows' })
  t.match(await program(fromUrl, toUrl), { code: 0, stdout: 'installations: 121 rows verified, 0 written' })
  t.equal(file(), before)
  t.match(await program(fromUrl), { code: 1, stderr: /^npm run migrate-store -- <from> <to>/ })
  t.match(await program(fromUrl, fromUrl), { code: 1, stderr: /two different addresses/ })
  const silent = await program('postgres://owner:pass-word@127.0.0.1:1/test', toUrl)
  t.match(silent, { code: 1, stderr: /ECONNREFUSED/ })
  t.notMatch(silent.stderr, 'pass-word')
})
