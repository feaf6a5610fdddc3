import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import t, { type Test } from 'tap'
import type { Portal } from '../../../sandbox/index.ts'
import { migrateApplication } from '../../../src/application/migrations.ts'
import type { Code, Finding } from '../../../src/doctor/finding.ts'
import { serverFor } from '../../servers.ts'
import { freePort, installationOn } from '../../service.ts'
import { runHere } from '../../tool.ts'
import { adding, clockOff, proxyFor, startPatient, type Patient } from './patient.ts'

// Many faults in one run of the command, as long as none hides another.

const nowhere = async () => `http://127.0.0.1:${await freePort()}`

/** Runs the command as an operator does, and checks that it names each of these faults. */
async function findsAll (
  t: Test, seeded: Code[], env: Record<string, string>, args: string[] = []
): Promise<Finding[]> {
  const { code, stdout, stderr } = await runHere(t, ['doctor', '--json', ...args], env)
  const { healthy, findings } = JSON.parse(stdout) as { healthy: boolean, findings: Finding[] }
  t.strictSame([code, healthy, stderr], [1, false, ''])
  t.strictSame(findings.map(({ code }) => code).sort(), [...seeded].sort(), stdout)
  for (const name of ['B24_CLIENT_SECRET', 'APP_SECRET']) if (env[name]) t.notOk(stdout.includes(env[name]), name)
  return findings
}

await t.test('doctor: names ten seeded faults of proxy, servers and secret', async t => {
  const { url, env, sandbox: { authorizationServer } } = await startPatient(t)
  const servers = [
    await proxyFor(t, authorizationServer, {
      forward: adding({ host: new URL(authorizationServer).host }), answer: clockOff(600_000)
    }),
    await nowhere(),
    await serverFor(t, (_, response) => { response.writeHead(503).end() }),
    await serverFor(t, (_, response) => { response.end('Welcome') })
  ]
  const PUBLIC_URL = await proxyFor(t, url, {
    forward: adding({ 'x-forwarded-for': '198.51.100.1' }),
    answer: adding({ 'x-frame-options': 'DENY', 'content-security-policy': "frame-ancestors 'self'" }),
    intercept: ({ method }, response) => {
      if (method === 'POST') response.writeHead(403).end()
      return method === 'POST'
    }
  })
  await findsAll(t, [
    'proxy-untrusted', 'proxy-frame-options', 'proxy-policy', 'proxy-blocks-posts',
    'clock', 'oauth-unreachable', 'oauth-unavailable', 'oauth-unknown', 'client-secret', 'portal-unknown'
  ], { ...env, PUBLIC_URL, B24_OAUTH_SERVERS: servers.join(), B24_CLIENT_SECRET: 'not-the-secret-1' }, [
    '--portal', 'nobody.bitrix24.com'
  ])
})

/** What is done to a portal on which the application is installed. */
const portalFaults: Array<[code: Code, change: string | ((portal: Portal, patient: Patient) => unknown)]> = [
  ['secrets-unreadable', "refresh_token = 'v1.00000000.a.b.c'"],
  ['tokens-missing', 'access_token = null, refresh_token = null, candidate_refresh_token = null'],
  ['tokens-lost', "refresh_code = 'lost', refresh_at = 1, refresh_attempts = 1"],
  ['portal-payment', "refresh_code = 'payment_required', refresh_at = 1, refresh_attempts = 1"],
  ['oauth-not-listed', "server_endpoint = 'https://oauth.example.com/rest/'"],
  ['tokens-refused', async (portal, { store }) => {
    const { tokens } = await store.get(portal.memberId) ?? {}
    portal.revoke(String(tokens?.accessToken))
  }],
  ['tokens-foreign', async (portal, { store }) => {
    const { accessToken, refreshToken } = portal.grant(portal.users.admin, { clientId: 'local.other' })
    const expiresAt = Date.now() + 3_600_000
    await store.replaceTokens(portal.memberId, { accessToken, refreshToken, expiresAt }, Date.now())
  }],
  ['not-installed', portal => { portal.uninstall() }],
  ['scope-missing', portal => { portal.scope = ['crm'] }],
  ['placement-unbound', portal => { portal.placements = [] }],
  ['placement-changed', ({ placements }) => { for (const row of placements) row.handler = 'https://old.example.com/' }],
  ['placement-stale', ({ placements }) => {
    placements.push(...placements.map(row => ({ ...row, id: 9, placement: 'LEFT_MENU' })))
  }],
  ['event-unbound', portal => { portal.events = portal.events.slice(1) }]
]
/** They need an installation by the page, of which only a few are served at once. */
const bindingFaults = new Set<Code>([
  'scope-missing', 'placement-unbound', 'placement-changed', 'placement-stale', 'event-unbound'
])

await t.test('doctor: names seeded faults of portals and of a migration', async t => {
  const patient = await startPatient(t)
  const { file, env, store, sandbox } = patient
  const database = new SqliteDatabase(file)
  t.after(() => database.close())
  const portals = sandbox.addPortals(portalFaults.length)
  for (const [index, [code, change]] of portalFaults.entries()) {
    const portal = portals[index] as Portal // there are as many
    await store.install(installationOn(portal, sandbox), Date.now())
    if (bindingFaults.has(code)) await patient.install(portal)
    if (typeof change === 'function') await change(portal, patient)
    else database.prepare(`update installations set ${change} where member_id = ?`).run(portal.memberId)
  }
  const folder = join(file, '../migrations')
  mkdirSync(folder)
  writeFileSync(join(folder, '0001.mjs'), 'export const up = async () => {}')
  await migrateApplication(store.database, folder)
  const findings = await findsAll(t, ['migration-missing', ...portalFaults.map(([code]) => code)], env)
  const lost = findings.find(({ code }) => code === 'tokens-lost')
  t.match(lost?.message, 'open the application once on this portal', 'nothing has to be installed again')
})

await t.test('doctor: names seeded faults of variables, files and addresses', async t => {
  const { env } = await startPatient(t)
  await t.test('three variables', async t => {
    const wrong = { B24_CLIENT_SECRET: '', APP_SECRET: 'short', DATABASE_URL: 'mysql://localhost' }
    const findings = await findsAll(t, ['variable', 'variable', 'variable'], { ...env, ...wrong })
    for (const name of Object.keys(wrong)) t.ok(findings.some(({ message }) => message.startsWith(`${name}: `)), name)
  })
  await t.test('no folder', async t => {
    const findings = await findsAll(t, ['application'], { ...env, APPLICATION: '/none' })
    t.match(findings, [{ message: /: APPLICATION must name a folder .*'\/none'\.$/ }])
  })
  await t.test('a plugin', async t => {
    const APPLICATION = t.testdir({ plugins: { 'crm.mjs': 'export default async () => { throw new Error("torn") }' } })
    const findings = await findsAll(t, ['application'], { ...env, APPLICATION })
    t.match(findings, [{ message: `${APPLICATION}/plugins/crm.mjs: torn` }])
  })
  await t.test('a view, PUBLIC_URL and DATABASE_URL', async t => {
    const APPLICATION = t.testdir({ views: { 'outside.eta': '<% throw new Error("torn") %>' } })
    const addresses = { PUBLIC_URL: 'http://nobody.invalid', DATABASE_URL: 'sqlite:/nowhere/store.db' }
    await findsAll(t, ['pages', 'public-url-dns', 'database-unreachable'], { ...env, ...addresses, APPLICATION })
  })
})
