import t from 'tap'
import type { Test } from 'tap'
import type { Portal } from '../../../sandbox/index.ts'
import { AuthorizationServerUnavailableError, TokensLostError } from '../../../src/errors.ts'
import { createPortalRest, openPortalRest } from '../../../plugins/portal-rest/portal-rest.ts'
import type { RestCommand, RestCredentials, RestSource } from '../../../plugins/portal-rest/rest-interface.ts'
import { connectionsFor, jsonServerFor, serverFor } from '../../servers.ts'
import { sandboxFor } from '../../sandbox/helper.ts'
import { credentialsOf } from './list-portal.ts'

/** The REST interface of a portal, for its administrator. */
const restOf = (t: Test, portal: Portal, changes: Partial<RestCredentials> = {}) =>
  openPortalRest(credentialsOf(portal, changes), { connections: connectionsFor(t) })

/** The REST interface that a server of the test plays. */
const restAt = async (t: Test, origin: string) => restOf(t, (await sandboxFor(t)).portals.alpha, {
  clientEndpoint: `${origin}/rest/`
})

const profile: RestCommand = { method: 'profile', params: {} }
const silent = { code: 'B24_ERR_PORTAL_UNAVAILABLE' }
const refused = (code: string) =>
  ({ code: 'B24_ERR_PORTAL_REFUSED', message: `The portal refused a REST call: ${code}` })

await t.test('batch: answers under the keys of its commands', async t => {
  const sandbox = await sandboxFor(t, { scope: ['placement'] })
  const rest = restOf(t, sandbox.portals.alpha)
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

await t.test('batch: sends fifty commands a request, in order', async t => {
  const sandbox = await sandboxFor(t)
  const { alpha } = sandbox.portals
  const rest = restOf(t, alpha)
  const commands = Array.from({ length: 101 }, (_, index) => [`bind_${index}`, {
    method: 'placement.bind', params: { PLACEMENT: 'LEFT_MENU', HANDLER: `https://new.example/${index}` }
  }])
  const answers = await rest.batch(Object.fromEntries(commands))
  t.strictSame([...new Set(Object.values(answers).map(answer => JSON.stringify(answer)))], ['{"ok":true}'])
  t.strictSame(alpha.placements.map(row => row.handler), commands.map((_, index) => `https://new.example/${index}`))
  t.equal(sandbox.requests.length, 3)
  t.strictSame(await rest.batch({}), {})
  t.equal(sandbox.requests.length, 3, 'no commands, no request')
})

await t.test('rest: a bad token ends the call, and is never refreshed', async t => {
  const sandbox = await sandboxFor(t)
  const { alpha, beta } = sandbox.portals
  const rows: Array<[name: string, rest: ReturnType<typeof restOf>, code: string]> = [
    ['expired by our clock', restOf(t, alpha, { expiresAt: Date.now() - 1 }), 'expired_token'],
    [
      'expired by theirs',
      restOf(t, alpha, { accessToken: alpha.grant(alpha.users.admin, { expiresIn: -1 }).accessToken }),
      'expired_token'
    ],
    ['of another portal', restOf(t, alpha, { accessToken: beta.grant(beta.users.admin).accessToken }), 'NO_AUTH_FOUND']
  ]
  for (const [name, rest, code] of rows) await t.rejects(rest.batch({ profile }), refused(code), name)
  t.strictSame(sandbox.requests.filter(({ to }) => to === 'authorization server'), [])
})

await t.test('rest: rejects when the portal cannot answer', async t => {
  const { portals: { alpha }, trouble } = await sandboxFor(t)
  const rest = restOf(t, alpha)
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
    ['no answer to this command', 200, { result: { result: {}, result_error: {} }, time }]
  ]
  for (const [name, status, json] of rows) {
    await t.rejects((await restAt(t, await jsonServerFor(t, status, json))).batch({ profile }), silent, name)
  }
})

await t.test('rest: names the portal\'s code, if it is one', async t => {
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

await t.test('rest: keeps the portal\'s words, from a call or a batch', async t => {
  const long = 'x'.repeat(600)
  const rows: Array<[said: Record<string, unknown>, portalCode: string, portalText: string]> = [
    [{ error: '', error_description: 'Not found' }, 'unknown', 'Not found'],
    [{ error_description: 'Not found' }, 'unknown', 'Not found'],
    [{ error: null, error_description: 'Not found' }, 'unknown', 'Not found'],
    [{ error: 100, error_description: 'Invalid value' }, '100', 'Invalid value'],
    [{ error: 0, error_description: 'Access denied.' }, '0', 'Access denied.'],
    [{ error: 'Could not find value', error_description: '' }, 'unknown', 'Could not find value'],
    [{ error: 'ACCESS_DENIED', error_description: 7 }, 'ACCESS_DENIED', ''],
    [{ error: true, error_description: ['Words'] }, 'unknown', ''],
    [{
      error: {
        code: 'BITRIX_REST_V3_EXCEPTION_VALIDATION',
        message: 'Wrong',
        validation: [
          { field: 'id', message: 'No id' }, { message: 5 }, null
        ]
      }
    }, 'BITRIX_REST_V3_EXCEPTION_VALIDATION', 'Wrong No id'],
    [{ error: { code: {}, message: {}, validation: 'none' } }, 'unknown', ''],
    [{ error: [] }, 'unknown', ''],
    [{ error: 'A', error_description: 'two\r\nlines\u0000, \u202eturned\u2028' }, 'A', 'two lines , turned'],
    [{ error: 'A', error_description: long }, 'A', long.slice(0, 500)]
  ]
  for (const [said, portalCode, portalText] of rows) {
    const refusal = { code: 'B24_ERR_PORTAL_REFUSED', portalCode, portalText }
    const rest = await restAt(t, await jsonServerFor(t, 400, said))
    await t.rejects(rest.call('crm.deal.get'), { ...refusal, method: 'crm.deal.get' }, `${portalCode} ${portalText}`)
    await t.rejects(rest.batch({ profile }), { ...refusal, method: 'batch' })
    const softly = await restAt(t, await jsonServerFor(t, 200, said))
    await t.rejects(softly.call('crm.deal.get'), refusal)
    const inBatch = await restAt(t, await jsonServerFor(t, 200, {
      result: { result: [], result_error: { profile: said } }
    }))
    t.strictSame(await inBatch.batch({ profile }), { profile: { error: portalCode, text: portalText } })
  }
  const asText = await restAt(t, await jsonServerFor(t, 200, {
    result: { result: [], result_error: { profile: 'ERROR_CORE' } }
  }))
  t.strictSame(await asText.batch({ profile }), { profile: { error: 'ERROR_CORE', text: '' } })
})

await t.test('rest: redacts a token in the portal\'s words', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { accessToken } = alpha.grant(alpha.users.admin)
  const origin = await jsonServerFor(t, 400, {
    error: accessToken.slice(0, 60), error_description: `The token ${accessToken} is wrong`
  })
  const rest = restOf(t, alpha, { accessToken: accessToken.slice(0, 60), clientEndpoint: `${origin}/rest/` })
  const error = await rest.call<Error>('profile').catch((error: Error) => error)
  t.match(error, { portalCode: 'unknown', portalText: /^The token \[redacted\]/ })
  t.notMatch(JSON.stringify([error, error.message]), accessToken.slice(0, 60))
})

await t.test('rest: names what is no answer by its status', async t => {
  const rows: Array<[
    status: number,
    headers: Record<string, string>,
    expected: { code: string, portalCode?: string, portalText?: string }
  ]> = [
    [302, { location: '/bitrix/coupon_activation.php?key=secret#top' }, {
      code: 'B24_ERR_PORTAL_REFUSED',
      portalCode: 'http_302',
      portalText: 'It redirects to /bitrix/coupon_activation.php'
    }],
    [300, {}, { code: 'B24_ERR_PORTAL_REFUSED', portalCode: 'http_300', portalText: '' }],
    [403, {}, { code: 'B24_ERR_PORTAL_REFUSED', portalCode: 'http_403', portalText: '' }],
    [404, {}, { code: 'B24_ERR_PORTAL_REFUSED', portalCode: 'http_404', portalText: '' }],
    [429, {}, { code: 'B24_ERR_PORTAL_REFUSED', portalCode: 'http_429', portalText: '' }],
    [200, {}, silent], [201, {}, silent], [500, {}, silent], [502, {}, silent], [503, {}, silent]
  ]
  for (const [status, headers, expected] of rows) {
    const rest = await restAt(t, await serverFor(t, (_request, response) =>
      response.writeHead(status, { 'content-type': 'text/html', ...headers }).end('<html></html>')))
    await t.rejects(rest.call('profile'), expected, `${status}`)
    await t.rejects(rest.batch({ profile }), expected, `${status}`)
  }
  for (const json of [[], 'text', 5, true]) {
    await t.rejects((await restAt(t, await jsonServerFor(t, 200, json))).call('profile'), silent, JSON.stringify(json))
  }
  await t.rejects((await restAt(t, await jsonServerFor(t, 403, {
    message: 'blocked by the firewall'
  }))).call('profile'), { code: 'B24_ERR_PORTAL_REFUSED', portalCode: 'http_403' })
})

await t.test('batch: reads only the keys that were asked', async t => {
  const commands = { profile, constructor: profile, 0: profile }
  const results = '{"profile":1,"constructor":null,"0":[],"other":1,"__proto__":{"evil":1}}'
  const origin = await serverFor(t, (_request, response) =>
    response.end(`{"result":{"result":${results},"result_error":null,"result_time":7,"result_total":{}},"time":null}`))
  const answers = await (await restAt(t, origin)).batch(commands)
  t.equal(JSON.stringify(answers), '{"0":{"ok":[]},"profile":{"ok":1},"constructor":{"ok":null}}')
  t.strictSame(await (await restAt(t, await jsonServerFor(t, 200, {
    result: { result: ['first'], result_error: [] }
  }))).batch({ 0: profile }), { 0: { ok: 'first' } })
  await t.rejects((await restAt(t, await jsonServerFor(t, 200, { result: { result: {} } }))).batch({
    constructor: profile
  }), silent, 'what every object has is no answer')
})

await t.test('call: takes a larger answer, or none at all, when asked to', async t => {
  const large = await restAt(t, await jsonServerFor(t, 200, { result: 'x'.repeat(5_000_000) }))
  await t.rejects(large.call('profile'), silent)
  t.equal((await large.call<string>('profile', {}, { maxBytes: 6_000_000 })).length, 5_000_000)
  const inBatch = await restAt(t, await jsonServerFor(t, 200, {
    result: { result: { profile: 'x'.repeat(5_000_000) } }
  }))
  t.match(await inBatch.batch({ profile }, { maxBytes: 6_000_000 }), { profile: { ok: /x/ } })
  const ring: Record<string, unknown> = {}
  ring['ring'] = ring
  await t.rejects(large.call('profile', ring), { code: 'JSSDK_INVALID_PARAMS' })
})

await t.test('rest: does not follow a redirect with the token', async t => {
  let asked = 0
  const other = await serverFor(t, (_request, response) => { asked++; response.end('{}') })
  const moved = await serverFor(t, (_request, response) => { response.writeHead(302, { location: other }).end() })
  await t.rejects((await restAt(t, moved)).batch({ profile }), { code: /^B24_ERR_PORTAL_/ })
  t.equal(asked, 0)
})

await t.test('rest: shows no token in an error', async t => {
  const { portals: { alpha }, trouble } = await sandboxFor(t)
  trouble.rest = 'down'
  const { accessToken } = alpha.grant(alpha.users.admin)
  const error = await restOf(t, alpha, { accessToken }).batch({ profile }).catch(error => error)
  t.notMatch(JSON.stringify([error, error.message, error.stack, error.cause]), accessToken)
})

await t.test('call: answers with the result of its method', async t => {
  const sandbox = await sandboxFor(t)
  const rest = restOf(t, sandbox.portals.alpha)
  t.match(await rest.call('profile'), { ID: '1', ADMIN: true })
  t.equal(await rest.call<boolean>('placement.bind', { PLACEMENT: 'LEFT_MENU', HANDLER: 'https://new.example/' }), true)
  t.strictSame(sandbox.requests.map(({ name }) => name), ['profile', 'placement.bind'])
  await t.rejects(rest.call('no.such.method'), {
    ...refused('ERROR_METHOD_NOT_FOUND'), portalCode: 'ERROR_METHOD_NOT_FOUND'
  })
})

await t.test('call: rejects an error with status 200, or no result', async t => {
  const time = { operating: 0.1 }
  const softly = await restAt(t, await jsonServerFor(t, 200, {
    error: 'ERROR_ENTITY_NOT_FOUND', error_description: 'Words', time
  }))
  await t.rejects(softly.call('crm.deal.get'), refused('ERROR_ENTITY_NOT_FOUND'))
  t.equal(await (await restAt(t, await jsonServerFor(t, 200, { time }))).call('odd'), undefined)
})

/** A server that answers with the rows in turn, the last one for ever; and how often it was asked. */
async function rowsAt (
  t: Test,
  rows: Array<[status: number, json: object, headers?: Record<string, string>]>,
  source: Partial<RestSource> = {}
) {
  let asked = 0
  const origin = await serverFor(t, (_request, response) => {
    const [status, json, headers] = rows[Math.min(asked++, rows.length - 1)] ?? [500, {}]
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(json))
  })
  const credentials = credentialsOf((await sandboxFor(t)).portals.alpha, { clientEndpoint: `${origin}/rest/` })
  return {
    rest: createPortalRest({ credentials: async () => credentials, ...source }, {
      connections: connectionsFor(t), pauses: [10, 20]
    }),
    asked: () => asked,
    credentials
  }
}
const fine = [200, { result: 'fine', time: { operating: 0.1 } }] as const satisfies [number, object]
const limited = [503, { error: 'QUERY_LIMIT_EXCEEDED', error_description: 'Too many requests' }] as const satisfies [
  number, object
]

await t.test('rest: waits out a limit of calls for a while', async t => {
  const soon = await rowsAt(t, [[...limited], [...limited], [...fine]])
  t.equal(await soon.rest.call('profile'), 'fine')
  const never = await rowsAt(t, [[...limited]])
  await t.rejects(never.rest.batch({ profile }), refused('QUERY_LIMIT_EXCEEDED'))
  t.equal(never.asked(), 3)
  const { portals: { alpha } } = await sandboxFor(t)
  const origin = await jsonServerFor(t, 503, limited[1])
  const credentials = credentialsOf(alpha, { clientEndpoint: `${origin}/rest/` })
  const patient = createPortalRest({ credentials: async () => credentials }, {
    connections: connectionsFor(t), pauses: [60_000]
  })
  await t.rejects(patient.call('profile'), refused('QUERY_LIMIT_EXCEEDED'), 'nobody waits for longer than a call takes')
})

await t.test('rest: calls as somebody else when the portal refuses the user', async t => {
  const rows: Array<[status: number, error: string, asked: number]> = [
    [401, 'user_access_error', 2],
    [403, 'USER_ACCESS_ERROR', 2],
    [401, 'authorization_error', 2],
    // A method may have said that, after it has run.
    [200, 'user_access_error', 1],
    [400, 'authorization_error', 1],
    [403, 'ACCESS_DENIED', 1],
    [401, 'insufficient_scope', 1]
  ]
  for (const [status, error, asked] of rows) {
    const codes: string[] = []
    const userRefused: RestSource['userRefused'] = async ({ userId }, code) => codes.push(`${userId} ${code}`) > 0
    const another = await rowsAt(t, [[status, { error }], [...fine]], { userRefused })
    if (asked === 2) t.equal(await another.rest.call('profile'), 'fine', error)
    else await t.rejects(another.rest.call('profile'), refused(error))
    t.equal(another.asked(), asked)
    t.strictSame(codes, asked === 2 ? [`1 ${error}`] : [])

    const each = await rowsAt(t, [[status, { error }]], { userRefused })
    await t.rejects(each.rest.batch({ profile }), refused(error), 'everybody is refused')
    t.equal(each.asked(), asked)
    for (const source of [{}, { userRefused: async () => false }]) {
      const nobody = await rowsAt(t, [[status, { error }]], source)
      await t.rejects(nobody.rest.batch({ profile }), refused(error), 'there is nobody else')
      t.equal(nobody.asked(), 1)
    }
  }
})

await t.test('rest: refreshes the tokens of both users', async t => {
  const said: Array<string | undefined> = []
  const expired: [number, object] = [401, { error: 'expired_token' }]
  const { rest, credentials, asked } = await rowsAt(t, [
    expired, [401, { error: 'user_access_error' }], expired, [...fine]
  ], {
    async credentials (refused) {
      said.push(refused)
      return { ...credentials, accessToken: `token ${said.length}` }
    },
    userRefused: async () => true
  })
  t.equal(await rest.call('profile'), 'fine')
  t.strictSame(said, [undefined, 'token 1', undefined, 'token 3'])
  t.equal(asked(), 4)
})

await t.test('rest: blocks a method for ten minutes at most', async t => {
  const rows: Array<[resetAt: unknown, seconds: number]> = [
    [9e99, 600], ['9'.repeat(400), 600], ['soon', 60], [-5, 60], [null, 60], [{}, 60], [Date.now() / 1000 + 120, 120],
    [{ toString: 1, valueOf: 1 }, 60]
  ]
  for (const [resetAt, seconds] of rows) {
    const blocked = new Map<string, number>()
    const origin = await jsonServerFor(t, 429, { error: 'OPERATION_TIME_LIMIT', time: { operating_reset_at: resetAt } })
    const credentials = credentialsOf((await sandboxFor(t)).portals.alpha, { clientEndpoint: `${origin}/rest/` })
    const start = Date.now()
    await t.rejects(createPortalRest({ credentials: async () => credentials }, {
      connections: connectionsFor(t), blocked
    }).call('crm.deal.list'), refused('OPERATION_TIME_LIMIT'))
    const until = Number(blocked.get('crm.deal.list'))
    t.ok(until > start + seconds * 1000 - 2000 && until <= Date.now() + seconds * 1000, JSON.stringify(resetAt))
  }
})

await t.test('rest: leaves a blocked method alone until its time comes', async t => {
  const overtime = (time?: object): [number, object] =>
    [429, { error: 'OPERATION_TIME_LIMIT', error_description: 'Blocked', time }]
  const unknown = await rowsAt(t, [overtime(), [...fine]])
  await t.rejects(unknown.rest.call('crm.deal.list'), refused('OPERATION_TIME_LIMIT'))
  await t.rejects(unknown.rest.call('crm.deal.list'), refused('OPERATION_TIME_LIMIT'))
  t.equal(unknown.asked(), 1)
  t.equal(await unknown.rest.call('profile'), 'fine')
  const known = await rowsAt(t, [
    overtime({ operating: 480, operating_reset_at: Math.floor(Date.now() / 1000) }), [...fine]
  ])
  await t.rejects(known.rest.call('crm.deal.list'), refused('OPERATION_TIME_LIMIT'))
  t.equal(await known.rest.call('crm.deal.list'), 'fine')

  const time = { operating: 0.1 }
  const deals: RestCommand = { method: 'crm.deal.list', params: {} }
  const inBatch = await rowsAt(t, [
    [200, {
      result: {
        result: {
          profile: 'fine'
        },
        result_error: { deals: { error: 'OPERATION_TIME_LIMIT', error_description: 'Blocked' } }
      },
      time
    }],
    [200, { result: { result: { profile: 'fine' } }, time }]
  ])
  t.strictSame(await inBatch.rest.batch({ deals, profile }), {
    deals: { error: 'OPERATION_TIME_LIMIT', text: 'Blocked' }, profile: { ok: 'fine' }
  })
  t.strictSame(await inBatch.rest.batch({
    deals, profile
  }), { deals: { error: 'OPERATION_TIME_LIMIT', text: '' }, profile: { ok: 'fine' } }, 'the others are asked')
  t.equal(inBatch.asked(), 2)
  t.strictSame(await inBatch.rest.batch({ deals }), { deals: { error: 'OPERATION_TIME_LIMIT', text: '' } })
  await t.rejects(inBatch.rest.call('crm.deal.list'), refused('OPERATION_TIME_LIMIT'))
  t.equal(inBatch.asked(), 2, 'nothing to ask, nobody is asked')
})

await t.test('batch: reads a refusal without a code', async t => {
  const rest = await restAt(t, await jsonServerFor(t, 200, {
    result: { result: {}, result_error: { profile: { error_description: 'Words' } } }, time: { operating: 0.1 }
  }))
  t.match(await rest.batch({ profile }), { profile: { error: 'unknown' } })
})

await t.test('rest: refreshes an expired token once, and tells what fails', async t => {
  const sandbox = await sandboxFor(t)
  const { alpha } = sandbox.portals
  const pairs = [-1, 3600].map(expiresIn => alpha.grant(alpha.users.admin, { expiresIn }).accessToken)
  const said: Array<string | undefined> = []
  const connections = connectionsFor(t)
  const rest = createPortalRest({
    async credentials (refused) {
      said.push(refused)
      const [old = '', refreshed = ''] = pairs
      return credentialsOf(alpha, { accessToken: refused === old ? refreshed : said.includes(old) ? refreshed : old })
    }
  }, { connections })
  t.match(await Promise.all([rest.call('profile'), rest.call('profile')]), [{ ID: '1' }, { ID: '1' }])
  t.strictSame(new Set(said.filter(refused => refused !== undefined)), new Set([pairs[0]]))
  t.match(await rest.call('profile'), { ID: '1' })

  const lost = createPortalRest({
    async credentials (refused) {
      if (refused !== undefined) throw new TokensLostError()
      return credentialsOf(alpha, { accessToken: String(pairs[0]) })
    }
  }, { connections })
  await t.rejects(lost.call('profile'), { code: 'B24_ERR_TOKENS_LOST' })
  await t.rejects(lost.batch({ profile }), { code: 'B24_ERR_TOKENS_LOST' })
  const never = createPortalRest({ credentials: async () => credentialsOf(alpha, { accessToken: String(pairs[0]) }) }, {
    connections
  })
  await t.rejects(never.call('profile'), refused('expired_token'))
})

await t.test('rest: calls a moved portal at its confirmed address', async t => {
  const sandbox = await sandboxFor(t)
  const { alpha } = sandbox.portals
  const former = credentialsOf(alpha)
  await alpha.rename()
  let endpoint = former.clientEndpoint
  const connections = connectionsFor(t)
  let questions = 0
  const rest = (moved: RestSource['moved']) => createPortalRest(
    { credentials: async () => ({ ...former, clientEndpoint: endpoint }), ...(moved && { moved }) }, { connections }
  )
  await t.rejects(rest(undefined).call('profile'), { code: 'B24_ERR_PORTAL_REFUSED' })
  await t.rejects(rest(async () => {
    questions++
  }).call('profile'), { code: 'B24_ERR_PORTAL_REFUSED' }, 'nobody knows another address')
  t.equal(questions, 1)
  await t.rejects(rest(async () => { throw new AuthorizationServerUnavailableError() }).call('profile'), {
    code: 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE'
  })
  t.match(await rest(async () => { endpoint = `${alpha.url}/rest/` }).call('profile'), { ID: '1' })
})
