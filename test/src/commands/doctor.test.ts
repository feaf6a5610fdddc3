import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import t from 'tap'
import { freePort } from '../../service.ts'
import { runHere, runTool } from '../../tool.ts'
import { proxyFor, startPatient } from '../doctor/patient.ts'

await t.test('doctor: ends with 0 on a healthy service, in words and in JSON', async t => {
  const patient = await startPatient(t)
  await patient.install()
  t.strictSame(await runHere(t, ['doctor'], patient.env),
    { code: 0, stdout: 'No faults found.\n', stderr: '' })
  const { code, stdout } = await runHere(t, ['doctor', '--json'], patient.env)
  t.strictSame([code, JSON.parse(stdout)], [0, { healthy: true, findings: [] }])
})

await t.test('doctor: a note alone is no fault', async t => {
  const { env } = await startPatient(t)
  const { code, stdout } = await runHere(t, ['doctor'], { ...env, DATABASE_URL: 'sqlite::memory:' })
  t.equal(code, 0)
  t.match(stdout, /^note {3}database-memory\n {7}What is stored .*\nNo faults found\.\n$/)
})

await t.test('doctor: ends with 1 on faults, and names the portal', async t => {
  const patient = await startPatient(t)
  await patient.install()
  const { alpha } = patient.sandbox.portals
  alpha.placements = []
  const PUBLIC_URL = await proxyFor(t, patient.url, { answer: headers => ({ ...headers, 'x-frame-options': 'DENY' }) })
  const env = { ...patient.env, PUBLIC_URL }
  const { code, stdout } = await runHere(t, ['doctor', '--portal', alpha.url], env)
  t.equal(code, 1)
  t.match(stdout, /^fault {2}proxy-frame-options\n {7}The proxy adds/)
  t.match(stdout, `fault  placement-unbound (${alpha.domain})\n       REST_APP_URI`)
  t.match(stdout, /\nFaults found: \d\.\n$/)
})

await t.test('doctor: says each variable that is missing, and nothing else', async t => {
  const names = ['PUBLIC_URL', 'B24_CLIENT_ID', 'B24_CLIENT_SECRET', 'APP_SECRET']
  const { code, stdout } = await runHere(t, ['doctor'], Object.fromEntries(names.map(name => [name, ''])))
  t.equal(code, 1)
  for (const name of names) {
    t.match(stdout, new RegExp(`^fault  variable\\n {7}${name}: missing\\. .*\\.$`, 'm'))
  }
  t.notMatch(stdout, 'undefined')
})

await t.test('doctor: ends without a network, and where nothing answers', async t => {
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  t.after(() => silent.close())
  const { env } = await startPatient(t)
  const nowhere = `http://127.0.0.1:${await freePort()}`
  const { port } = silent.address() as AddressInfo // a TCP server has such an address
  const { code, stdout } = await runTool('doctor', ['--json', '--timeout', '1'], {
    ...env, PUBLIC_URL: nowhere, B24_OAUTH_SERVERS: nowhere, DATABASE_URL: `postgres://user@127.0.0.1:${port}/test`
  }, { isMeasured: true })
  t.equal(code, 1)
  t.match(JSON.parse(stdout), { healthy: false, findings: [{ code: 'no-network' }, { code: 'database-unreachable' }] })
})
