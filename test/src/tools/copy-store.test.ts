import { join } from 'node:path'
import { sql, type Kysely } from 'kysely'
import t, { type Test } from 'tap'
import { createKeyRing } from '../../../src/crypto/keys.ts'
import visitTables from '../../../plugins/links/tables.ts'
import type { Database } from '../../../src/store/database.ts'
import { installationTables } from '../../../src/store/installation-tables.ts'
import { migrate } from '../../../src/store/migrations.ts'
import { installed, memberId, refused, report, tokens } from '../../store-contract/contract-values.ts'
import { openDatabase, openExistingDatabase } from '../../../src/store/open-database.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { readStoreAddress } from '../../../src/store/store-address.ts'
import { copyStore } from '../../../src/tools/copy-store.ts'
import { count, withVisits } from '../../plugins/links/visit-contract.ts'
import { startPostgres } from '../../postgres.ts'

const keyRing = createKeyRing(Buffer.alloc(32, 1).toString('base64'))
const postgres = await startPostgres()
const newFile = (t: Test) => `sqlite:${join(t.testdir(), 'data/test.db')}`
const kinds = { SQLite: newFile, PostgreSQL: () => postgres.createDatabase() }

const sets = [installationTables, visitTables]
/** Returns what it says. */
async function copy (from: Kysely<Database>, to: Kysely<Database>): Promise<string[]> {
  const lines: string[] = []
  await copyStore(from, to, sets, line => { lines.push(line) })
  return lines
}

type Store = Awaited<ReturnType<typeof withVisits>>

async function opened (t: Test, url: string): Promise<Store> {
  const store = await withVisits(await openStore({ url, keyRing }))
  t.after(() => store.close())
  return store
}

/** A store with something in every table, and more portals than one page. */
async function fill (store: Store): Promise<void> {
  for (let index = 0; index < 120; index++) {
    await store.install({ ...installed, memberId: `portal-${index}` }, 1000 + index)
  }
  await store.install({ ...installed, domain: "it's “ünïcode” 😀" }, 10)
  await store.recordBindings(memberId, 'https://widget.example.com/placement', report, 20)
  await store.recordRefresh(memberId, refused, 1)
  for (const id of [memberId, 'portal-3', 'portal-119']) await store.systemUsers.put(id, 9, tokens, 30)
  await store.systemUsers.recordRefresh(memberId, refused, 1)
  await store.markUninstalled('portal-3', 4_102_444_800_000)
  await store.visits.record(Array.from({ length: 120 }, (_, userId) =>
    ({ ...count, userId, linkId: `link-${userId % 4}` })))
}

async function bothEnds (t: Test, from: string, to: string) {
  const source = await openExistingDatabase(readStoreAddress(from), 'read')
  const target = await openDatabase(readStoreAddress(to))
  await migrate(target.db, visitTables)
  t.after(async () => {
    await source.destroy()
    await target.changes.close()
    await target.db.destroy()
  })
  return { source, target: target.db }
}
const rows = { installations: 121, system_users: 3, links: 4, visits: 120, link_days: 4, link_users: 120 }
/** What a copy says that wrote these rows. */
const verified = (written: Partial<Record<string, number>>) => Object.entries(rows).map(([table, count]) =>
  `${table}: ${count} rows verified, ${written[table] ?? 0} written`)

for (const [fromKind, from] of Object.entries(kinds)) {
  for (const [toKind, to] of Object.entries(kinds)) {
    await t.test(`copyStore: copies all from ${fromKind} to ${toKind}, and only once`, async t => {
      const [fromUrl, toUrl] = [from(t), to(t).replace('test.db', 'copy.db')]
      const store = await opened(t, fromUrl)
      await fill(store)
      const { source, target } = await bothEnds(t, fromUrl, toUrl)
      t.strictSame(await copy(source, target), verified(rows))
      const result = await opened(t, toUrl)
      for (const id of [memberId, 'portal-0', 'portal-3', 'portal-119']) {
        t.strictSame(await result.get(id), await store.get(id))
        t.strictSame(await result.systemUsers.get(id), await store.systemUsers.get(id))
      }
      t.strictSame(
        await result.visits.links(memberId, 10, undefined), await store.visits.links(memberId, 10, undefined)
      )
      t.strictSame(await copy(source, target), verified({}))
    })
  }
}

await t.test('copyStore: goes on after an interruption, and copies changes again', async t => {
  const [fromUrl, toUrl] = [newFile(t), postgres.createDatabase()]
  const store = await opened(t, fromUrl)
  await fill(store)
  const { source, target } = await bothEnds(t, fromUrl, toUrl)
  await sql`create function broken() returns trigger
    as 'begin raise exception ''broken''; end' language plpgsql`.execute(target)
  await sql`create trigger broken before insert on installations
    for each row when (new.member_id = 'portal-99') execute function broken()`.execute(target)
  await t.rejects(copy(source, target), /broken/)
  await sql`drop trigger broken on installations`.execute(target)
  await store.recordPortal({ ...installed, memberId: 'portal-0', domain: 'moved.bitrix24.com' }, 5000)
  const [line] = await copy(source, target)
  const written = Number(/^installations: 121 rows verified, (\d+) written$/.exec(String(line))?.[1])
  t.ok(written > 1 && written < 121, 'not all anew')
  t.equal((await (await opened(t, toUrl)).get('portal-0'))?.domain, 'moved.bitrix24.com')
})

await t.test('copyStore: reports a copy that differs', async t => {
  const fromUrl = newFile(t)
  await fill(await opened(t, fromUrl))
  const { source, target } = await bothEnds(t, fromUrl, postgres.createDatabase())
  await sql`create function changed() returns trigger
    as 'begin new.domain = ''other''; return new; end' language plpgsql`.execute(target)
  await sql`create trigger changed before insert on installations
    for each row when (new.member_id = 'portal-9') execute function changed()`.execute(target)
  await t.rejects(copy(source, target), {
    code: 'B24_ERR_STORE_COPY',
    message: /^The copy of installations is not the same: 1 of .* another hash\. Stop what writes/
  })
})

/** A copy of a store, both open. */
async function copied (t: Test, fromUrl: string, toUrl: string) {
  const { source, target } = await bothEnds(t, fromUrl, toUrl)
  await copy(source, target)
  return { copy: await opened(t, toUrl), again: () => copy(source, target), target }
}
const pair = (version: number) =>
  ({ accessToken: `access-${version}`, refreshToken: `refresh-${version}`, expiresAt: 7_200_000 + version })

for (const [kind, open] of Object.entries(kinds)) {
  await t.test(`${kind}: a target that a service uses is left as it is`, async t => {
    const uses: Array<[string, (copy: Store) => Promise<unknown>, RegExp]> = [
      [
        'refreshed',
        copy => copy.replaceTokens('portal-5', pair(2), 3000),
        /^Nothing was written: installations of the target holds rows that differ .* and are not older/
      ],
      ['installed anew', copy => copy.install({ ...installed, memberId: 'portal-5' }, 3000), /not older/],
      [
        'called',
        copy => copy.recordPortal({ ...installed, memberId: 'portal-5', domain: 'moved.bitrix24.com' }, 3000),
        /not older/
      ],
      ['refused a refresh, which counts nothing up', copy => copy.recordRefresh('portal-5', refused, 1), /not older/],
      [
        'installed on another portal',
        copy => copy.install({ ...installed, memberId: 'another' }, 10),
        /holds rows that the source does not have\. If a service uses .*; else empty it and start again$/
      ],
      [
        'opened',
        copy => copy.visits.record([{ ...count, userId: 1, linkId: 'link-1' }]),
        /: visits of the target .* not older/
      ]
    ]
    const fromUrl = newFile(t)
    const store = await opened(t, fromUrl)
    await fill(store)
    for (const [index, [name, use, message]] of uses.entries()) {
      await t.test(name, async t => {
        const { copy, again, target } = await copied(t, fromUrl, open(t))
        await use(copy)
        // There is something to copy besides.
        await store.recordPortal({ ...installed, memberId: 'portal-0' }, 5000 + index)
        const all = async () => await Promise.all(Object.keys(rows).map(async table =>
          (await sql`select * from ${sql.table(table)}`.execute(target)).rows))
        const before = await all()
        await t.rejects(again(), { code: 'B24_ERR_STORE_TARGET', message })
        t.strictSame(await all(), before)
      })
    }
  })

  await t.test(`${kind}: an older copy is replaced by what is newer`, async t => {
    const [fromUrl, toUrl] = [newFile(t), open(t).replace('test.db', 'copy.db')]
    const store = await opened(t, fromUrl)
    await fill(store)
    const { copy, again } = await copied(t, fromUrl, toUrl)
    await store.replaceTokens('portal-5', pair(2), 3000)
    await store.visits.record([{ ...count, userId: 1, linkId: 'link-1' }])
    t.strictSame(await again(), verified({ installations: 1, visits: 1, link_days: 1, link_users: 1 }))
    t.strictSame(await copy.get('portal-5'), await store.get('portal-5'))
  })
}

await t.test('copyStore: says what to do when rows have vanished from the source', async t => {
  const fromUrl = newFile(t)
  const store = await opened(t, fromUrl)
  await fill(store)
  const { again } = await copied(t, fromUrl, postgres.createDatabase())
  await store.visits.purge('9999-01-01')
  await t.rejects(again(), {
    code: 'B24_ERR_STORE_TARGET', message: /^Nothing was written: links .* does not have\. .* empty it and start again$/
  })
})

/** Somebody writes portal-9, which is on the second page, while the first page is written. */
const interference = {
  SQLite: [sql`create trigger refreshing before insert on installations when new.member_id = 'portal-0' begin
    insert into installations (member_id, domain, client_endpoint, server_endpoint, scope, status,
      installed_at, updated_at, token_version, refresh_token)
    values ('portal-9', '', '', '', '', 'L', 10, 10, 9, 'refreshed'); end`],
  PostgreSQL: [
    sql`create function refreshing() returns trigger as 'begin
      insert into installations select (jsonb_populate_record(new,
        ''{"member_id": "portal-9", "token_version": 9, "refresh_token": "refreshed"}'')).*;
      return new; end' language plpgsql`,
    sql`create trigger refreshing before insert on installations
      for each row when (new.member_id = 'portal-0') execute function refreshing()`
  ]
}
for (const [kind, statements] of Object.entries(interference)) {
  await t.test(`${kind}: a row that is written while the copy is made is not replaced`, async t => {
    const [fromUrl, toUrl] = [
      newFile(t), kind === 'SQLite' ? newFile(t).replace('test.db', 'copy.db') : postgres.createDatabase()
    ]
    await fill(await opened(t, fromUrl))
    const { source, target } = await bothEnds(t, fromUrl, toUrl)
    for (const statement of statements) await statement.execute(target)
    await t.rejects(copy(source, target), {
      code: 'B24_ERR_STORE_TARGET',
      message: /^The copy was stopped: installations of the target holds rows that were written meanwhile/
    })
    const row = await target.selectFrom('installations').select([
      'token_version', 'refresh_token'
    ]).where('member_id', '=', 'portal-9').executeTakeFirst()
    t.strictSame(row, { token_version: 9, refresh_token: 'refreshed' })
  })
}

await t.test('copyStore: reports rows that were added meanwhile', async t => {
  const fromUrl = newFile(t)
  await fill(await opened(t, fromUrl))
  const { source, target } = await bothEnds(t, fromUrl, postgres.createDatabase())
  await sql`create function added() returns trigger as 'begin
    insert into links select (jsonb_populate_record(new, ''{"id": "another"}'')).*;
    return new; end' language plpgsql`.execute(target)
  await sql`create trigger added before insert on links
    for each row when (new.id = 'link-0') execute function added()`.execute(target)
  await t.rejects(copy(source, target), {
    code: 'B24_ERR_STORE_COPY',
    message: 'The copy of links is not the same: 5 rows instead of 4. Stop what writes to either store, and run this ' +
      'again'
  })
})
