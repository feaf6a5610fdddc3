import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import t, { type Test } from 'tap'
import type { Portal } from '../../../sandbox/index.ts'
import type { CheckUpOptions } from '../../../src/doctor/check-up.ts'
import type { Code } from '../../../src/doctor/finding.ts'
import { serverFor } from '../../servers.ts'
import { diagnose, proxyFor, startPatient, sumOf, type Patient } from './patient.ts'

type Change = (patient: Patient, alpha: Portal, t: Test) => unknown
const database = (change: string): Change => ({ file }) => {
  const database = new SqliteDatabase(file)
  database.exec(change)
  database.close()
}
/** Stores another access token of the portal, with an hour to live. */
const storeToken = async ({ store }: Patient, memberId: string, accessToken: string, expiresAt = Date.now() + 3_600_000) =>
  await store.replaceTokens(memberId, { accessToken, refreshToken: 'refresh', expiresAt }, Date.now())
const recorded = (code: string): Change => async ({ store }, { memberId }) => {
  const { tokenVersion = 0 } = await store.get(memberId) ?? {}
  await store.recordRefresh(memberId, { code, at: 1, attempts: 1, nextTryAt: Infinity }, tokenVersion)
}

await t.test('doctor: finds, changes and spends nothing on a healthy portal', async t => {
  const patient = await startPatient(t)
  await patient.install()
  const { store, file, env, sandbox: { portals: { alpha }, requests } } = patient
  const before = [await store.get(alpha.memberId), sumOf(file), structuredClone(alpha.placements), structuredClone(alpha.events)]
  t.strictSame((await diagnose(t, env)).findings, [])
  t.strictSame([await store.get(alpha.memberId), sumOf(file), alpha.placements, alpha.events], before)
  const asked = requests.filter(({ name }) => name === 'refresh_token').map(({ fields }) => fields?.['refresh_token'])
  t.notMatch(JSON.stringify(asked), String((await store.get(alpha.memberId))?.tokens?.refreshToken))
})

const rows: Array<[when: string, codes: Code[], change: Change, options?: Partial<CheckUpOptions>]> = [
  ['no key opens its secrets', ['secrets-unreadable'], database("update installations set refresh_token = 'v1.00000000.a.b.c', candidate_refresh_token = null")],
  ['it has no tokens', ['tokens-missing'], database('update installations set access_token = null, refresh_token = null, candidate_refresh_token = null')],
  ['the last refresh was lost', ['tokens-lost'], recorded('lost')],
  ['a refresh was unpaid', ['portal-payment'], recorded('payment_required')],
  ['the last refresh was refused', ['tokens-refused'], recorded('invalid_scope')],
  ['an outage ended the last refresh', [], recorded('unavailable')],
  ['its access token is unknown', ['tokens-refused'], async ({ store }, alpha) => { alpha.revoke(String((await store.get(alpha.memberId))?.tokens?.accessToken)) }],
  ['the token is of another application', ['tokens-foreign'], async (patient, alpha) => {
    const { accessToken } = alpha.grant(alpha.users.admin, { clientId: 'local.other' })
    await storeToken(patient, alpha.memberId, accessToken)
  }],
  ['the token is of another portal', ['tokens-foreign'], async (patient, alpha) => {
    const { beta } = patient.sandbox.portals
    await storeToken(patient, alpha.memberId, beta.grant(beta.users.admin).accessToken)
  }],
  ['the access token has expired', ['tokens-expired'], async (patient, alpha) => { await storeToken(patient, alpha.memberId, 'gone', Date.now() - 1000) }],
  ['the application was removed', ['not-installed'], (_, alpha) => { alpha.uninstall() }],
  ['removed, its token expired', ['not-installed'], async (patient, alpha) => {
    await storeToken(patient, alpha.memberId, alpha.grant(alpha.users.admin).accessToken, Date.now() - 1000)
    alpha.uninstall()
  }],
  ['the installation was never finished', ['not-installed'], (_, alpha) => { alpha.installed = false }],
  ['its server is not listed', ['oauth-not-listed'], database("update installations set server_endpoint = 'https://oauth.example.com/rest/'")],
  ['nobody answers for the token', ['tokens-unchecked'], async ({ env, sandbox: { authorizationServer } }, _, t) => {
    let questions = 0
    env.B24_OAUTH_SERVERS = await proxyFor(t, authorizationServer, {
      intercept: ({ url, socket }) => {
        const isLater = url === '/rest/app.info' && questions++ > 0
        if (isLater) socket.destroy()
        return isLater
      }
    })
    database(`update installations set server_endpoint = '${env.B24_OAUTH_SERVERS}/rest/'`)({ file: env.DATABASE_URL?.slice(7) } as Patient, _, t)
  }],
  ['REST asks for payment', ['portal-payment'], ({ sandbox: { trouble } }) => { trouble.rest = 'unpaid' }],
  ['REST breaks the connection', ['portal-unreachable'], ({ sandbox: { trouble } }) => { trouble.rest = 'down' }],
  ['REST is blocked', ['portal-refused'], ({ sandbox: { trouble } }) => { trouble.rest = 'overtime' }],
  ['REST is slow', ['portal-timeout'], ({ sandbox: { trouble } }) => { trouble.restDelay = 9000 }, { timeout: 3000 }],
  ['the stored user is no administrator', ['portal-refused'], async (patient, alpha) => {
    // Somebody who is no administrator sees neither placements nor the events of others.
    await storeToken(patient, alpha.memberId, alpha.grant(alpha.users.employee).accessToken)
  }],
  ['the card lacks the scope', ['scope-missing'], (_, alpha) => { alpha.scope = ['crm'] }],
  ['nothing was bound yet by its installation', [], database('update installations set bindings = null, handler_url = null')],
  ['a placement is gone', ['placement-unbound'], (_, alpha) => { alpha.placements = [] }],
  ['a placement leads elsewhere', ['placement-changed'], (_, { placements: [row] }) => { Object.assign(row ?? {}, { handler: 'https://old.example.com/placement' }) }],
  ['it is no longer declared', ['placement-stale'], ({ url }, { placements }) => {
    placements.push({ ...placements[0], id: 9, placement: 'LEFT_MENU', handler: `${url}/placement` } as typeof placements[0])
  }],
  ['an event is gone', ['event-unbound'], (_, alpha) => { alpha.events = alpha.events.slice(1) }],
  ['the portal refused it before', ['binding-refused'], async ({ store, url }, alpha) => {
    alpha.placements = []
    await store.recordBindings(alpha.memberId, `${url}/placement`, { at: 1, bound: [], skipped: [{ code: 'REST_APP_URI', reason: 'unknown:' }] }, 1)
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

await t.test('doctor: names the file that keeps the service from starting', async t => {
  const { env, file } = await startPatient(t)
  const { findings } = await diagnose(t, env, { app: { application: join(file, '../none') } })
  t.match(findings, [{ code: 'application', message: /none/ }])
})

await t.test('doctor: gives a database that does not answer up', async t => {
  const { env } = await startPatient(t)
  const silent = (await serverFor(t, () => {})).replace('http:', 'postgres:')
  t.strictSame((await diagnose(t, { ...env, DATABASE_URL: `${silent}/test` }, { timeout: 2000 })).codes.filter(code => code.startsWith('database')), ['database-unreachable'])
})
