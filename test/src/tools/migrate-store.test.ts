import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { unmeasuredNode } from '../../app/process.ts'
import { createKeyRing } from '../../../src/crypto/keys.ts'
import { installed, tokens } from '../../store-contract/contract-values.ts'
import { migrate as migrateTables } from '../../../src/store/migrations.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { withVisits } from '../../plugins/links/visit-contract.ts'
import { startPostgres } from '../../postgres.ts'
import { cli, runHere } from '../../tool.ts'

const keyRing = createKeyRing(Buffer.alloc(32, 1).toString('base64'))
const postgres = await startPostgres()
const migrate = (t: Test, ...args: string[]) => runHere(t, ['migrate-store', ...args])

/** A file with one installation, and 10,000 portals of which nothing but the address is known. */
async function newSource (t: Test): Promise<string> {
  const url = `sqlite:${join(t.testdir(), 'test.db')}`
  const store = await withVisits(await openStore({ url, keyRing }))
  await store.install({ ...installed, memberId: 'portal-0' }, 10)
  await sql`with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < 10000)
    insert into installations (
      member_id, domain, client_endpoint, server_endpoint, scope, status, installed_at, updated_at)
    select 'portal-' || n, '', '', '', '', 'L', 10, 10 from numbers`.execute(store.database)
  await store.close()
  return url
}

await t.test('migrate-store: goes on where it was killed, and spares a used target', async t => {
  const [from, to] = [await newSource(t), postgres.createDatabase()]
  const hash = () => createHash('sha256').update(readFileSync(from.slice('sqlite:'.length))).digest('hex')
  const before = hash()
  // The last row takes so long that it is killed before.
  await (await openStore({ url: to, keyRing })).close()
  postgres.query(to, "create function slow() returns trigger as 'begin perform pg_sleep(60); return new; end' " +
    'language plpgsql')
  postgres.query(to, 'create trigger slow before insert on installations for each row when (new.member_id = ' +
    "'portal-9999') execute function slow()")
  const killed = spawn(...unmeasuredNode(cli, 'migrate-store', from, to))
  const ended = once(killed, 'exit')
  t.equal(String(await once(killed.stdout, 'data')), 'installations: 10000 rows copied so far\n')
  killed.kill('SIGKILL')
  t.strictSame(await ended, [null, 'SIGKILL'])
  postgres.query(to, 'select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = ' +
    'current_database() and pid <> pg_backend_pid()')
  postgres.query(to, 'drop trigger slow on installations')
  t.equal(postgres.query(to, 'select count(*) from installations'), '10000')

  const { stdout, ...outcome } = await migrate(t, from, to)
  t.strictSame(outcome, { code: 0, stderr: '' })
  t.strictSame(stdout.split('\n'), [
    'installations: 10000 rows copied so far',
    'installations: 10001 rows verified, 1 written',
    'system_users: 0 rows verified, 0 written',
    'links: 0 rows verified, 0 written',
    'visits: 0 rows verified, 0 written',
    'link_days: 0 rows verified, 0 written',
    'link_users: 0 rows verified, 0 written',
    'done: from now on start the service on <to> only, with the same APP_SECRET. One on <from> would refresh tokens ' +
      'too, and each takes them from the other.',
    ''
  ])
  t.equal(hash(), before)

  const service = await openStore({ url: to, keyRing })
  t.after(() => service.close())
  const refreshed = { ...tokens, refreshToken: 'the only one that is good' }
  await service.replaceTokens('portal-0', refreshed, 3000)
  t.match(await migrate(t, from, to), {
    code: 1,
    stdout: '',
    stderr: /^Nothing was written: installations of the target .* If a service uses the target already, leave it/
  })
  t.strictSame(
    (await service.get('portal-0'))?.tokens, refreshed, 'the pair that the service on the target has got stays'
  )
})

await t.test('migrate-store: names the wrong address, and shows no password', async t => {
  const from = `sqlite:${join(t.testdir(), 'test.db')}`
  await (await openStore({ url: from, keyRing })).close()
  const to = postgres.createDatabase()
  const folder = join(from.slice('sqlite:'.length), '..')
  symlinkSync(join(folder, 'test.db'), join(folder, 'link.db'))
  const usage = 'migrate-store takes two addresses, <from> and <to>, as in DATABASE_URL. With a password in one, ' +
    'set MIGRATE_FROM and MIGRATE_TO instead.\n'
  const memory = 'must be sqlite:<file> or postgres://…, as what is in memory ends with its process\n'
  const same = '<to>: this is the store to copy from\n'
  for (const [args, message] of [
    [[], 'MIGRATE_FROM: missing. Set it, or give both addresses: fastify-bitrix24 migrate-store <from> <to>\n' +
      'MIGRATE_TO: missing. Set it, or give both addresses: fastify-bitrix24 migrate-store <from> <to>\n'],
    [[from], usage],
    [[from, to, to], 'migrate-store takes 2 arguments; see fastify-bitrix24 migrate-store --help.\n'],
    [['mysql://owner:pass-word@127.0.0.1:1/test', to], '<from>: must be sqlite:<file> or postgres://…\n'],
    [['sqlite::memory:', to], `<from>: ${memory}`],
    [[from, 'sqlite: :memory: '], `<to>: ${memory}`],
    [[from, 'foo:pass-word'], '<to>: must be sqlite:<file> or postgres://…\n'],
    [
      [`sqlite:${folder}/missing.db`, to],
      '<from>: SQLite cannot be used: there is no such file; ' +
        `the service makes it when it first starts (${folder}/missing.db)\n`
    ],
    [['postgres://owner:pass-word@127.0.0.1:1/test', to], '<from>: PostgreSQL cannot be used: ECONNREFUSED: connect ' +
      'ECONNREFUSED 127.0.0.1:1\n'],
    [[to, from], '<from>: there is no store in this database\n'],
    [[from, 'postgres://owner:pass-word@127.0.0.1:1/test'], '<to>: PostgreSQL cannot be used: ECONNREFUSED: connect ' +
      'ECONNREFUSED 127.0.0.1:1\n'],
    [[from, from], same],
    [[from, `sqlite:${folder}/../${folder.split('/').at(-1)}/test.db`], same],
    [[from, `sqlite:${folder}/link.db`], same]
  ] as const) {
    const code = message.startsWith('migrate-store') ? 2 : 1
    t.strictSame(await migrate(t, ...args), { code, stdout: '', stderr: message }, message)
  }
  t.notOk(existsSync(join(folder, 'missing.db')))
  t.match(await migrate(t, from, to), { code: 0 })
  t.strictSame(await migrate(t, to, `${to}?application_name=other`), { code: 1, stdout: '', stderr: same })
})

await t.test('migrate-store: spares a target of a newer version', async t => {
  const [from, to] = [`sqlite:${join(t.testdir(), 'test.db')}`, postgres.createDatabase()]
  for (const url of [from, to]) await (await openStore({ url, keyRing })).close()
  postgres.query(to, "insert into installations_migration values ('9999-newer', '')")
  t.strictSame(await migrate(t, from, to), {
    code: 1,
    stdout: '',
    stderr: 'installations_migration: the store was written by a newer version than this one\n'
  })
})

await t.test('migrate-store: names tables that it leaves out', async t => {
  const from = `sqlite:${join(t.testdir(), 'test.db')}`
  const store = await openStore({ url: from, keyRing })
  for (const name of ['application', 'notes']) {
    await migrateTables(store.database, { name, tables: {}, migrations: { '0001-notes': { up: async () => {} } } })
  }
  await store.close()
  const { code, stdout } = await migrate(t, from, postgres.createDatabase())
  t.equal(code, 0)
  t.strictSame(stdout.split('\n').slice(0, 3), [
    'not copied: the tables of notes_migration, which this version does not know',
    'not copied: the tables of the application, as APPLICATION names no folder with its migrations/. Start the ' +
      'service on <to>, which makes them, and copy their rows',
    'installations: 0 rows verified, 0 written'
  ])
})

await t.test('migrate-store: takes the addresses from variables', async t => {
  const from = `sqlite:${join(t.testdir(), 'test.db')}`
  await (await openStore({ url: from, keyRing })).close()
  const to = postgres.createDatabase()
  t.match(await runHere(t, ['migrate-store'], { MIGRATE_FROM: from, MIGRATE_TO: to }), { code: 0, stderr: '' })
  for (const [one, other, stderr] of [
    [from, '', /^MIGRATE_TO: missing\. Set it, or give both addresses: fastify-bitrix24 migrate-store <from> <to>\n$/],
    ['', to, /^MIGRATE_FROM: missing/],
    ['foo:pass-word', to, 'MIGRATE_FROM: must be sqlite:<file> or postgres://…\n'],
    [from, 'foo:pass-word', 'MIGRATE_TO: must be sqlite:<file> or postgres://…\n'],
    [from, from, 'MIGRATE_TO: this is the store to copy from\n']
  ] as const) {
    const variables = { MIGRATE_FROM: one, MIGRATE_TO: other }
    t.match(await runHere(t, ['migrate-store'], variables), { code: 1, stdout: '', stderr })
  }
})
