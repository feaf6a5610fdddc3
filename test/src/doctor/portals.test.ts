import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import t, { type Test } from 'tap'
import type { Portal } from '../../../sandbox/index.ts'
import type { CheckUpOptions } from '../../../src/doctor/check-up.ts'
import type { Code } from '../../../src/doctor/finding.ts'
import { serverFor } from '../../servers.ts'
import { freePort } from '../../service.ts'
import { until } from '../../until.ts'
import { diagnose, proxyFor, startPatient, sumOf, type Patient } from './patient.ts'

type Change = (patient: Patient, alpha: Portal, t: Test) => unknown
const database = (change: string): Change => ({ file }) => {
  const database = new SqliteDatabase(file)
  database.exec(change)
  database.close()
}
/** Stores another access token of the portal, with an hour to live. */
async function storeToken ({ store }: Patient, memberId: string, accessToken: string, lifetime = 3_600_000) {
  const now = Date.now()
  await store.replaceTokens(memberId, { accessToken, refreshToken: 'refresh', expiresAt: now + lifetime }, now)
}
const recorded = (code: string): Change => async ({ store }, { memberId }) => {
  const { tokenVersion = 0 } = await store.get(memberId) ?? {}
  await store.recordRefresh(memberId, { code, at: 1, attempts: 1, nextTryAt: Infinity }, tokenVersion)
}

await t.test('doctor: finds, changes and spends nothing on a healthy portal', async t => {
  const patient = await startPatient(t)
  await patient.install()
  const { store, file, env, sandbox: { portals: { alpha }, requests } } = patient
  // The lifecycle handlers have run.
  const isChanged = store.database.selectFrom('installations').select('member_id').where('change', 'is not', null)
  await until(async () => await isChanged.executeTakeFirst() === undefined)
  const state = async () =>
    structuredClone([await store.get(alpha.memberId), sumOf(file), alpha.placements, alpha.events])
  const before = await state()
  t.strictSame((await diagnose(t, env)).findings, [])
  t.strictSame(await state(), before)
  const asked = requests.filter(({ name }) => name === 'refresh_token').map(({ fields }) => fields?.['refresh_token'])
  t.notMatch(JSON.stringify(asked), String((await store.get(alpha.memberId))?.tokens?.refreshToken))
})

const rows: Array<[when: string, codes: Code[], change: Change, options?: Partial<CheckUpOptions>]> = [
  ['the last refresh was refused', ['tokens-refused'], recorded('invalid_scope')],
  ['an outage ended the last refresh', [], recorded('unavailable')],
  ['the client secret was wrong at the last refresh', [], recorded('invalid_client')],
  ['the token is of another portal', ['tokens-foreign'], async (patient, alpha) => {
    const { beta } = patient.sandbox.portals
    await storeToken(patient, alpha.memberId, beta.grant(beta.users.admin).accessToken)
  }],
  ['the access token has expired', ['tokens-expired'], async (patient, alpha) => {
    await storeToken(patient, alpha.memberId, 'gone', -1000)
  }],
  ['removed, its token expired', ['not-installed'], async (patient, alpha) => {
    await storeToken(patient, alpha.memberId, alpha.grant(alpha.users.admin).accessToken, -1000)
    alpha.uninstall()
  }],
  ['the installation was never finished', ['not-installed'], (_, alpha) => { alpha.installed = false }],
  ['the pair of the system user is lost', ['system-user-refused'], async ({ store }, { memberId }) => {
    await store.systemUsers.recordRefresh(memberId, { code: 'lost', at: 1, attempts: 2, nextTryAt: Infinity }, 1)
  }],
  ['an outage ended the last refresh of the system user', [], async ({ store }, { memberId }) => {
    await store.systemUsers.recordRefresh(memberId, { code: 'unavailable', at: 1, attempts: 1, nextTryAt: 1 }, 1)
  }],
  ['the client secret was wrong at the last refresh of the system user', [], async ({ store }, { memberId }) => {
    await store.systemUsers.recordRefresh(memberId, { code: 'wrong_client', at: 1, attempts: 1, nextTryAt: 1 }, 1)
  }],
  ['the pair of the system user is unreadable', ['system-user-refused'], database(
    "update system_users set access_token = 'v1.00000000.a.b.c'")],
  ['the pair of the system user is of an earlier installation', [], database(
    "update system_users set installed_at = 1, refresh_token = 'v1.00000000.a.b.c'")],
  ['the portal refuses the system user', ['system-user-barred'], ({ sandbox: { trouble } }) => {
    trouble.access = 'denied'
  }],
  ['the access token of the system user has expired', [], async ({ store, sandbox: { trouble } }, { memberId }) => {
    trouble.access = 'denied'
    const { tokens } = await store.systemUsers.get(memberId) ?? {}
    if (tokens) await store.systemUsers.replaceTokens(memberId, { ...tokens, expiresAt: 0 }, Date.now())
  }],
  ['nobody answers for the token', ['tokens-unchecked'], async (patient, alpha, t) => {
    const { env, sandbox: { authorizationServer } } = patient
    let questions = 0
    env.B24_OAUTH_SERVERS = await proxyFor(t, authorizationServer, {
      intercept: ({ url, socket }) => {
        const isLater = url === '/rest/app.info' && questions++ > 0
        if (isLater) socket.destroy()
        return isLater
      }
    })
    database(`update installations set server_endpoint = '${env.B24_OAUTH_SERVERS}/rest/'`)(patient, alpha, t)
  }],
  ['REST asks for payment', ['portal-payment'], ({ sandbox: { trouble } }) => { trouble.rest = 'unpaid' }],
  ['REST breaks the connection', ['portal-unreachable'], ({ sandbox: { trouble } }) => { trouble.rest = 'down' }],
  ['REST is blocked', ['portal-refused'], ({ sandbox: { trouble } }) => { trouble.rest = 'overtime' }],
  ['REST is slow', ['portal-timeout'], ({ sandbox: { trouble } }) => { trouble.restDelay = 9000 }, { timeout: 3000 }],
  ['the stored user is no administrator', ['portal-refused'], async (patient, alpha) => {
    // Somebody who is no administrator sees neither placements nor the events of others.
    await storeToken(patient, alpha.memberId, alpha.grant(alpha.users.employee).accessToken)
  }],
  ['nothing was bound yet by its installation', [], database(
    'update installations set bindings = null, handler_url = null')],
  ['the portal refused it before', ['binding-refused'], async ({ store, url }, alpha) => {
    alpha.placements = []
    const skipped = [{ code: 'REST_APP_URI', reason: 'unknown:' }]
    await store.recordBindings(alpha.memberId, `${url}/placement`, { at: 1, bound: [], skipped }, 1)
  }]
]

for (const [when, codes, change, options] of rows) {
  await t.test(`doctor: finds ${codes[0] ?? 'nothing'} when ${when}`, async t => {
    const patient = await startPatient(t)
    await patient.install()
    const { alpha } = patient.sandbox.portals
    await change(patient, alpha, t)
    const found = await diagnose(t, patient.env, options)
    const ofPortal = found.findings.filter(({ portal }) => portal === alpha.domain).map(({ code }) => code)
    t.strictSame(ofPortal, codes, JSON.stringify(found.findings))
    // On a busy machine more may be late.
    if (options?.timeout === undefined) t.strictSame(found.codes, codes)
  })
}

await t.test('doctor: looks at the portals called last, says how many are left', async t => {
  const patient = await startPatient(t)
  for (const portal of [...patient.sandbox.addPortals(5), patient.sandbox.portals.alpha]) await patient.install(portal)
  patient.sandbox.portals.alpha.placements = []
  t.strictSame((await diagnose(t, patient.env, { limit: 5 })).codes, ['portals-left', 'placement-unbound'])
  const { codes } = await diagnose(t, patient.env, { domain: patient.sandbox.portals.alpha.domain, limit: 100 })
  t.strictSame(codes, ['placement-unbound'])
})

await t.test('doctor: tells handlers of one placement apart', async t => {
  const names = ['notes', 'stock', 'refused']
  const patient = await startPatient(t, {
    prepare: fastify => { for (const name of names) fastify.placement('LEFT_MENU', { name }, async () => name) }
  })
  await patient.install()
  const { file, store, url, sandbox: { portals: { alpha } } } = patient
  const application = join(file, '../application')
  mkdirSync(join(application, 'placements'), { recursive: true })
  writeFileSync(join(application, 'placements/LEFT_MENU.js'), `export default async fastify => {
    for (const name of ${JSON.stringify(names)}) fastify.placement('LEFT_MENU', { name }, async () => name)
  }`)
  alpha.placements = alpha.placements.filter(({ handler }) => !/stock|refused/.test(handler))
  await store.recordBindings(alpha.memberId, `${url}/placement`, {
    at: 1, bound: [], skipped: [{ code: 'LEFT_MENU:refused', reason: 'unknown:' }]
  }, 1)
  const { findings } = await diagnose(t, { ...patient.env, APPLICATION: application })
  t.match(findings, [
    { code: 'binding-refused', message: 'LEFT_MENU:refused' }, { code: 'placement-unbound', message: 'LEFT_MENU:stock' }
  ])
})

await t.test('doctor: finds a server at fault that a portal belongs to', async t => {
  const patient = await startPatient(t)
  await patient.install()
  const { env, sandbox: { authorizationServer, portals: { alpha } } } = patient
  const closed = `http://127.0.0.1:${await freePort()}`
  const servers = { B24_OAUTH_SERVERS: `${closed},${authorizationServer}` }
  t.strictSame((await diagnose(t, { ...env, ...servers })).codes, ['oauth-other-unavailable'])
  database(`update installations set server_endpoint = '${closed}/rest/'`)(patient, alpha, t)
  t.strictSame((await diagnose(t, { ...env, ...servers })).codes, ['oauth-unreachable', 'tokens-unchecked'])
})

await t.test('doctor: gives a database that does not answer up', async t => {
  const { env } = await startPatient(t)
  const silent = (await serverFor(t, () => {})).replace('http:', 'postgres:')
  const { codes } = await diagnose(t, { ...env, DATABASE_URL: `${silent}/test` }, { timeout: 2000 })
  t.ok(codes.includes('database-unreachable'), codes.join())
})

await t.test('doctor: shows nothing of a portal that is no plain text', async t => {
  const patient = await startPatient(t)
  await patient.install()
  const { alpha } = patient.sandbox.portals
  const [first] = alpha.placements
  const placement = `OLD\n\u001b[2JNo faults found.\u202e\u2028${'x'.repeat(100_000)}`
  alpha.placements.push({ ...structuredClone(first as NonNullable<typeof first>), placement })
  const { findings: [finding] } = await diagnose(t, patient.env)
  t.match(finding, { code: 'placement-stale', message: /^OLD \[2JNo faults found\. x/ })
  t.notMatch(finding?.message, /[\p{C}\p{Zl}]/u)
  t.ok(String(finding?.message).length < 2200)
})
