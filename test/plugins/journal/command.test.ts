import { join } from 'node:path'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { runHere } from '../../tool.ts'
import { startService } from '../../service.ts'

const denied = { code: 'ACCESS_DENIED', status: 403 }

/** The variables of a service that has kept some calls, and its portal. */
async function keptCalls (t: Test) {
  const DATABASE_URL = `sqlite:${join(t.testdir(), 'test.db')}`
  const service = await startService(t, {
    env: { DATABASE_URL },
    methods: { 'crm.deal.add': () => { throw Object.assign(new Error('Access denied!'), denied) } }
  })
  await service.install()
  const { alpha } = service.sandbox.portals
  const { rest } = service.fastify.portal(alpha.memberId)
  await rest.call('crm.deal.add', { fields: { TITLE: 'private' } }).catch(() => {})
  await rest.call('profile')
  await service.fastify.close()
  return { env: { ...service.sandbox.env, DATABASE_URL }, alpha }
}

await t.test('journal command: finds entries, prints and deletes them', async t => {
  const { env, alpha } = await keptCalls(t)
  const run = async (...args: string[]) => await runHere(t, ['journal', ...args], env)
  const all = await run()
  t.match(all, { code: 0, stderr: '' })
  t.match(all.stdout, /^time +portal +method +status +code +ms +sent +received +user +request +parameters\n/)
  t.match(all.stdout, new RegExp(`Z  ${alpha.domain} +crm.deal.add +403 +ACCESS_DENIED +\\d.* fields, fields.TITLE\n`))
  t.notMatch(all.stdout, 'private')
  const portal = ['--portal', alpha.url]
  const { entries } = JSON.parse((await run('--json', '--method', 'profile', '--since', '1h', ...portal)).stdout)
  t.match(entries, [{ portal: alpha.domain, memberId: alpha.memberId, method: 'profile', requestId: '' }])
  t.equal((await run('--until', '2026-01-31T12:00Z', '--request', 'one', '--limit', '1')).stdout,
    'There are no such entries.\n')
  t.equal((await run('--clear', ...portal)).stdout, `All entries of ${alpha.url} were deleted.\n`)
  t.strictSame(JSON.parse((await run('--json')).stdout), { entries: [] })
  t.equal((await run('--clear')).stdout, 'All entries were deleted.\n')
  t.match(await runHere(t, ['journal', '--portal', 'other.bitrix24.com'], env),
    { code: 2, stderr: 'The application is not installed on other.bitrix24.com.\n' })
})

await t.test('journal command: lists users, also of a forgotten portal', async t => {
  const { env, alpha } = await keptCalls(t)
  const db = new Database(env.DATABASE_URL.replace('sqlite:', ''))
  db.exec("update journal set user_id = iif(method = 'profile', 7, 0); delete from installations")
  db.close()
  const { stdout } = await runHere(t, ['journal'], env)
  t.match(stdout, new RegExp(`${alpha.memberId} +profile +200 +- +\\d.* 7 +-`))
  t.match(stdout, new RegExp(`${alpha.memberId} +crm.deal.add +403 .* - +-`))
})

await t.test('journal command: prints no control characters of a portal', async t => {
  const { env } = await keptCalls(t)
  const db = new Database(env.DATABASE_URL.replace('sqlite:', ''))
  db.exec("update journal set code = 'A' || char(27, 10, 155) || 'B' where code <> ''")
  db.close()
  t.match(await runHere(t, ['journal', '--method', 'crm.deal.add'], env), { stdout: /403 +A\\u001b \\u009bB/ })
  const { stdout } = await runHere(t, ['journal', '--method', 'crm.deal.add', '--json'], env)
  t.notMatch(stdout, /\p{Cc}(?<!\n)/u)
  t.match(JSON.parse(stdout), { entries: [{ code: 'A\x1b\n\x9bB' }] })
})

await t.test('journal command: takes the portal that called last of those with one domain', async t => {
  const { env, alpha } = await keptCalls(t)
  const db = new Database(env.DATABASE_URL.replace('sqlite:', ''))
  db.exec(`create temp table former as select * from installations where member_id = '${alpha.memberId}';
    update former set member_id = 'set-up-anew', updated_at = updated_at + 1;
    insert into installations select * from former;
    update journal set member_id = 'set-up-anew' where method = 'profile'`)
  db.close()
  const { stdout } = await runHere(t, ['journal', '--json', '--portal', alpha.url], env)
  t.match(JSON.parse(stdout), { entries: [{ memberId: 'set-up-anew', method: 'profile' }] })
})

await t.test('journal command: takes no portal that calls itself by the domain of another', async t => {
  const { env, alpha } = await keptCalls(t)
  const db = new Database(env.DATABASE_URL.replace('sqlite:', ''))
  db.exec(`create temp table liar as select * from installations where member_id = '${alpha.memberId}';
    update liar set member_id = 'liar', updated_at = updated_at + 1, client_endpoint = 'https://liar.example/rest/';
    insert into installations select * from liar`)
  db.close()
  const { stdout } = await runHere(t, ['journal', '--json', '--method', 'profile', '--portal', alpha.url], env)
  t.match(JSON.parse(stdout), { entries: [{ memberId: alpha.memberId }] })
})

await t.test('journal command: says how it is used', async t => {
  for (const [option, value, message] of [
    ['since', 'yesterday', '--since must be a time, such as 2026-01-31T12:00Z or 12h.'],
    ['until', '5y', '--until must be a time, such as 2026-01-31T12:00Z or 12h.'],
    ['limit', '0', '--limit must be a whole number from 1 to 10000.'],
    ['limit', '10001', '--limit must be a whole number from 1 to 10000.'],
    ['portal', 'no domain', '--portal must be the domain of a portal, such as my.bitrix24.com.']
  ] as const) {
    const { env } = option === 'portal' ? await keptCalls(t) : { env: {} }
    t.match(await runHere(t, ['journal', `--${option}`, value], env), { code: 2, stderr: `${message}\n` })
  }
})

await t.test('journal command: says when there is no journal', async t => {
  const DATABASE_URL = `sqlite:${join(t.testdir(), 'test.db')}`
  const { fastify, sandbox } = await startService(t, { env: { DATABASE_URL, JOURNAL_DAYS: '0' } })
  await fastify.close()
  t.match(await runHere(t, ['journal'], { ...sandbox.env, DATABASE_URL }), {
    code: 2,
    stderr: 'There is no journal in this store: the service keeps one while JOURNAL_DAYS is above 0.\n'
  })
})
