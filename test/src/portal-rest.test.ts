import t from 'tap'
import type { Test } from 'tap'
import type { Portal } from '../../sandbox/index.ts'
import { openPortalRest, type RestCommand } from '../../src/portal-rest.ts'
import { jsonServerFor, serverFor } from '../helper.ts'
import { sandboxFor } from '../sandbox/helper.ts'

/** The REST interface of a portal, for its administrator. */
function restOf (portal: Portal, changes: { accessToken?: string, expiresAt?: number, clientEndpoint?: string } = {}) {
  return openPortalRest({
    memberId: portal.memberId,
    domain: portal.domain,
    clientEndpoint: `${portal.url}/rest/`,
    serverEndpoint: 'http://127.0.0.1:9/rest/',
    scope: portal.scope,
    userId: 1,
    accessToken: portal.grant(portal.users.admin).accessToken,
    expiresAt: Date.now() + 3_600_000,
    ...changes
  })
}

/** The REST interface that a server of the test plays. */
const restAt = async (t: Test, origin: string) => restOf((await sandboxFor(t)).portals.alpha, { clientEndpoint: `${origin}/rest/` })

const profile: RestCommand = { method: 'profile', params: {} }
const silent = { code: 'B24_ERR_PORTAL_SILENT' }
const refused = (code: string) => ({ code: 'B24_ERR_PORTAL_REFUSED', message: `The portal refused a REST call: ${code}` })

await t.test('answers come under the keys of their commands, refusals beside successes', async t => {
  const sandbox = await sandboxFor(t, { scope: ['placement'] })
  const rest = await restOf(sandbox.portals.alpha)
  const answers = await rest.batch({
    who: profile,
    scope: { method: 'scope', params: {} },
    bind: { method: 'placement.bind', params: { PLACEMENT: 'NO_SUCH', HANDLER: 'https://new.example/' } },
    rights: { method: 'user.current', params: {} }
  })
  t.match(answers, {
    who: { ok: { ID: '1', ADMIN: true } },
    scope: { ok: ['placement'] },
    bind: { error: 'ERROR_PLACEMENT_NOT_FOUND', text: /Placement not found/ },
    rights: { error: 'insufficient_scope' }
  })
  t.strictSame(Object.keys(answers), ['who', 'scope', 'bind', 'rights'])
  t.strictSame(sandbox.requests.map(({ name }) => name), ['batch'])
})

await t.test('fifty commands go in a request, in the order given', async t => {
  const sandbox = await sandboxFor(t)
  const { alpha } = sandbox.portals
  const rest = await restOf(alpha)
  const commands = Array.from({ length: 101 }, (_, index) => [`bind_${index}`, { method: 'placement.bind', params: { PLACEMENT: 'LEFT_MENU', HANDLER: `https://new.example/${index}` } }])
  const answers = await rest.batch(Object.fromEntries(commands))
  t.strictSame([...new Set(Object.values(answers).map(answer => JSON.stringify(answer)))], ['{"ok":true}'])
  t.strictSame(alpha.placements.map(row => row.handler), commands.map((_, index) => `https://new.example/${index}`))
  t.equal(sandbox.requests.length, 3)
  t.strictSame(await rest.batch({}), {})
  t.equal(sandbox.requests.length, 3, 'no commands, no request')
})

await t.test('a token that is not good ends the call, and is never renewed', async t => {
  const sandbox = await sandboxFor(t)
  const { alpha, beta } = sandbox.portals
  const rows: Array<[name: string, rest: ReturnType<typeof restOf>, code: string]> = [
    ['expired by our clock', restOf(alpha, { expiresAt: Date.now() - 1 }), 'expired_token'],
    ['expired by theirs', restOf(alpha, { accessToken: alpha.grant(alpha.users.admin, { expiresIn: -1 }).accessToken }), 'expired_token'],
    ['of another portal', restOf(alpha, { accessToken: beta.grant(beta.users.admin).accessToken }), 'NO_AUTH_FOUND']
  ]
  for (const [name, rest, code] of rows) await t.rejects((await rest).batch({ profile }), refused(code), name)
  t.strictSame(sandbox.requests.filter(({ to }) => to === 'authorization server'), [])
})

await t.test('a portal that cannot answer is silent', async t => {
  const { portals: { alpha }, trouble } = await sandboxFor(t)
  const rest = await restOf(alpha)
  for (const fault of ['down', 'nonsense'] as const) {
    trouble.rest = fault
    await t.rejects(rest.batch({ profile }), silent, fault)
  }
  const time = { operating: 0.1 }
  const rows: Array<[name: string, status: number, json: unknown]> = [
    ['error of its own', 500, { error: 'INTERNAL_SERVER_ERROR' }],
    ['nothing', 200, null],
    ['no result', 200, { result: null, time }],
    ['another form', 200, { result: 'nonsense', time }],
    ['no time', 200, { result: { result: { profile: {} } } }],
    ['no answer to this command', 200, { result: { result: {}, result_error: {} }, time }]
  ]
  for (const [name, status, json] of rows) {
    await t.rejects((await restAt(t, await jsonServerFor(t, status, json))).batch({ profile }), silent, name)
  }
})

await t.test('a refusal names the code of the portal, if it is one', async t => {
  const rows: Array<[status: number, error: unknown, code: string]> = [
    [403, 'ACCESS_DENIED', 'ACCESS_DENIED'],
    [400, 'ERROR_ENTITY_NOT_FOUND', 'ERROR_ENTITY_NOT_FOUND'],
    [200, 'WRONG_CLIENT', 'WRONG_CLIENT'],
    [400, '<b>my own words</b>', 'unknown']
  ]
  for (const [status, error, code] of rows) {
    const rest = await restAt(t, await jsonServerFor(t, status, { error, error_description: 'Words' }))
    await t.rejects(rest.batch({ profile }), refused(code))
  }
})

await t.test('a redirect is not followed: the token would go along', async t => {
  let asked = 0
  const other = await serverFor(t, (_request, response) => { asked++; response.end('{}') })
  const moved = await serverFor(t, (_request, response) => { response.writeHead(302, { location: other }).end() })
  await t.rejects((await restAt(t, moved)).batch({ profile }), { code: /^B24_ERR_PORTAL_/ })
  t.equal(asked, 0)
})

await t.test('no error holds a token', async t => {
  const { portals: { alpha }, trouble } = await sandboxFor(t)
  trouble.rest = 'down'
  const { accessToken } = alpha.grant(alpha.users.admin)
  const error = await (await restOf(alpha, { accessToken })).batch({ profile }).catch(error => error)
  t.notMatch(JSON.stringify([error, error.message, error.stack, error.cause]), accessToken)
})
