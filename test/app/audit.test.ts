import { hash } from 'node:crypto'
import { Type } from '@sinclair/typebox'
import t, { type Test } from 'tap'
import type { CallOptions, SandboxUser } from '../../sandbox/index.ts'
import { auditEvents } from '../../src/log/audit.ts'
import { memberHash } from '../../src/log/logger.ts'
import { parseSliderLink } from '../../src/http/slider-link.ts'
import { read } from '../docs/pages.ts'
import { sessionIn, startService } from '../service.ts'
import { until } from '../until.ts'

const [ofAll, ofOther] = ['key 1 of a back-end', 'key 2 of a back-end']
const ip = '127.0.0.1'

interface Opening { body?: Record<string, string>, handler?: string, params?: CallOptions['params'] }

/** A service whose users, back-ends and portal do what the audit tells of. */
async function start (t: Test) {
  const params = Type.Object({ id: Type.Integer() })
  const service = await startService(t, {
    env: { LINKS_API_KEYS: `erp:${hash('sha256', ofAll)},crm:${hash('sha256', ofOther)}:m1` },
    prepare: fastify => {
      fastify.screen('shelf', { schema: { params }, signed: true, title: 'Shelf' }, async () => 'opened')
      fastify.screen('open', { schema: { params }, title: 'Open' }, async () => 'opened')
    }
  })
  const { alpha } = service.sandbox.portals
  return {
    ...service,
    alpha,
    open: (code: string, user: SandboxUser, { body = {}, ...options }: Opening = {}) =>
      service.call(alpha.placementCall(code, { user, handler: `${service.url}/placement`, ...options }), { body }),
    write: async (bearer: string) => {
      const body = JSON.stringify({ screen: 'shelf', params: { id: 7 }, portal: alpha.memberId })
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${bearer}` }
      const answer = await fetch(`${service.url}/api/links`, { method: 'POST', headers, body })
      return await answer.json() as { id: string, path: string } // the API says so
    },
    /** What each line with an event says, besides what every line has. */
    audited: () => service.lines().filter(({ event }) => event !== undefined)
      .map(({ level, time, pid, hostname, msg, reqId, part, ...fields }) => fields)
  }
}

await t.test('audit: every event has a line that says who did what', async t => {
  const { alpha, audited, call, fastify, install, log, open, store, url, write, post } = await start(t)
  const { admin, employee } = alpha.users
  const whose = { ip, member: memberHash(alpha.memberId) }
  const portal = { memberId: alpha.memberId, endpoint: `${alpha.url}/rest/` }
  const atInstall = { handler: `${url}/install` }
  const expected: object[] = []
  const expect = (event: string, fields: object) => { expected.push({ event, ...fields }) }

  await open('DEFAULT', employee, atInstall)
  await open('DEFAULT', employee, atInstall)
  expect('install.refused', { ...whose, user: employee.id })
  await install(alpha)
  expect('app.installed', { ...whose, user: admin.id, source: 'page' })
  expect('system-user.stored', { ...whose, user: alpha.systemUser.id })
  const { accessToken, refreshToken } = alpha.grant(employee)
  const ofEmployee = { 'data[refresh_token]': refreshToken }
  for (const forged of [{ 'auth[access_token]': accessToken }, {}]) {
    for (let times = 0; times < 2; times++) {
      await post('/install', alpha.event('ONAPPUSERREADY', { ...ofEmployee, ...forged }).body)
      await until(() => fastify.lifecycleEvents.pending() === 0)
    }
  }
  expect('system-user.refused', { ...whose, user: employee.id })
  expect('system-user.refused', { ...whose, user: admin.id })
  await post('/events', alpha.event('ONAPPUPDATE').body)
  expect('app.updated', { ...whose, user: admin.id, source: 'ONAPPUPDATE' })
  await until(() => fastify.lifecycleEvents.pending() === 0)

  const home = await open('DEFAULT', employee)
  const { id: link } = await write(sessionIn(home))
  const written = { ...whose, screen: 'shelf', link }
  expect('link.written', { ...written, user: employee.id })
  const byKey = await write(ofAll)
  expect('link.written', { ...written, writer: 'erp' })
  await write(ofOther)
  expect('writer.refused', { ...whose, writer: 'crm' })
  const signed = fastify.links.write('shelf', { id: 7 }, { portal, by: admin.id })
  expect('link.written', { member: whose.member, user: admin.id, screen: 'shelf', link })
  fastify.links.write('open', { id: 7 }, { portal })
  for (const { path } of [byKey, signed]) {
    await open('REST_APP_URI', employee, { params: parseSliderLink(path).params })
  }
  expect('link.opened', { ...written, user: employee.id })
  expect('link.opened', { ...written, user: employee.id, writtenBy: admin.id })
  await open('REST_APP_URI', employee, { params: { screen: 'open', id: '7' } })
  await open('REST_APP_URI', employee, { params: { screen: 'shelf', id: '7' } })

  for (const user of [employee, admin]) {
    const query = { DOMAIN: 'intranet.example.com', PROTOCOL: '1' }
    await call(alpha.placementCall('DEFAULT', { user }), { query })
  }
  expect('host.refused', { ...whose, user: employee.id })
  expect('host.added', { ...whose, user: admin.id })
  const body = { APPLICATION_TOKEN: 'c'.repeat(32) }
  for (const user of [employee, admin]) await open('DEFAULT', user, { body })
  expect('application-token.refused', { ...whose, user: employee.id })
  expect('application-token.replaced', { ...whose, user: admin.id })

  const row = await store.get(alpha.memberId)
  const { code, at, attempts, nextTryAt } = { code: 'lost', at: Date.now(), attempts: 1, nextTryAt: 0 }
  await store.recordRefresh(alpha.memberId, { code, at, attempts, nextTryAt }, Number(row?.tokenVersion))
  // That a portal is well is known for a second.
  await until(async () => {
    await open('DEFAULT', admin, { body })
    return audited().some(({ event }) => event === 'tokens.recovered')
  })
  expect('tokens.recovered', { ...whose, user: admin.id })

  const uninstall = async (answered: string) => {
    const event = { 'auth[application_token]': body.APPLICATION_TOKEN }
    await post('/events', alpha.event('ONAPPUNINSTALL', event).body)
    expect('uninstall.requested', whose)
    await until(() => audited().some(({ event }) => event === answered))
    expect(answered, { member: whose.member })
  }
  await uninstall('uninstall.refused')
  await store.requestUninstall(alpha.memberId, true, Date.now())
  alpha.installed = false
  await fastify.installations.confirmUninstall(alpha.memberId)
  expect('app.uninstalled', { member: whose.member })

  for (let n = 0; n < 12; n++) await open('DEFAULT', admin, { body: { AUTH_ID: `forged${n}` } })
  await fastify.close()
  expect('calls.refused', { count: 2, codes: { B24_ERR_AUTH_ID_UNKNOWN: 2 } })

  const lines = audited()
  t.strictSame(lines, expected)
  t.notMatch(log.join(''), /"writer".*"writer"/, 'no line names a field twice')
  t.strictSame([...new Set(lines.map(({ event }) => event))].sort(), Object.keys(auditEvents).sort())
  for (const { event, ...fields } of lines) {
    const { fields: named } = auditEvents[event as keyof typeof auditEvents]
    const known = new Set<string>([...named, 'writer'])
    t.ok(Object.keys(fields).every(name => known.has(name)), `${event}: fields`)
  }
})

await t.test('audit: docs/audit.md lists every event with its fields', t => {
  const rows = [...read('docs/audit.md').matchAll(/^\| `([\w-]+\.[\w-]+)` \| .+ \| (.+) \|$/gm)]
  const listed = rows.map(([, event = '', fields = '']) => [event, fields.replaceAll('`', '').split(', ')])
  t.strictSame(Object.fromEntries(listed), Object.fromEntries(
    Object.entries(auditEvents).map(([event, { fields }]) => [event, fields])))
  t.end()
})
