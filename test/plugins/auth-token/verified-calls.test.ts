import t from 'tap'
import type { KnownPortal, UnverifiedCall } from '../../../plugins/auth-token/calls.ts'
import { createEpochs, remembered } from '../../../plugins/auth-token/verified-calls.ts'
import { addressOf, verifiedCall } from '../../build.ts'
import { serverFor } from '../../servers.ts'
import { sceneFor } from './scene.ts'
import { verifierFor } from './verifier.ts'

const unavailable = 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE'
const tooMany = 'B24_ERR_TOO_MANY_PROOFS'

await t.test('verify: returns user, portal and token of a call', async t => {
  const { callOf, verify, clock, sandbox, recorded } = await sceneFor(t)
  const { alpha } = sandbox.portals
  const { accessToken: authId, expiresAt } = alpha.grant(alpha.users.employee)
  t.strictSame(await verify(callOf({ authId })), {
    ...addressOf(alpha, sandbox),
    clientId: sandbox.clientId,
    origin: alpha.url,
    installed: true,
    installedAt: 1,
    userId: 2,
    // The clock of the test started a moment before the token was issued.
    expiresAt: Math.min(expiresAt * 1000, clock.now + 3_600_000),
    accessToken: authId
  })
  t.strictSame(recorded, [], 'nothing has changed, so nothing is recorded')
})

await t.test('verify: refuses a wrong application token, also when cached', async t => {
  const { call, callOf, asked } = await sceneFor(t)
  const { authId } = callOf()
  t.equal(await call({ authId }), 'verified')
  t.equal(await call({ authId, applicationToken: 'wrong' }), 'B24_ERR_APPLICATION_TOKEN')
  t.equal(await call({ authId, applicationToken: '' }), 'verified', 'without one the cached proof counts')
  t.equal(asked(), 1)
})

await t.test('verify: refuses an unlisted server, also when cached', async t => {
  const { call, callOf } = await sceneFor(t)
  const { authId } = callOf()
  t.equal(await call({ authId }), 'verified')
  t.equal(await call({ authId, serverEndpoint: 'https://evil.example/rest/' }), 'B24_ERR_SERVER_ENDPOINT')
})

await t.test('verify: refuses an access token of something else, each time', async t => {
  const { call, sandbox: { portals: { alpha, beta } } } = await sceneFor(t)
  const { admin } = alpha.users
  beta.installed = true
  const revoked = alpha.grant(admin).accessToken
  alpha.revoke(revoked)
  const foreign = alpha.grant(admin, { clientId: 'local.other' }).accessToken
  const rows: Array<[name: string, authId: string, code: string]> = [
    ['none', '', 'B24_ERR_AUTH_ID_MISSING'],
    ['of another application', foreign, 'B24_ERR_FOREIGN_APPLICATION'],
    ['of another portal', beta.grant(admin).accessToken, 'B24_ERR_FOREIGN_PORTAL'],
    ['expired', alpha.grant(admin, { expiresIn: -1 }).accessToken, 'B24_ERR_AUTH_ID_EXPIRED'],
    ['revoked', revoked, 'B24_ERR_AUTH_ID_UNKNOWN'],
    ['made up', 'made up', 'B24_ERR_AUTH_ID_UNKNOWN']
  ]
  for (const [name, authId, code] of rows) {
    t.equal(await call({ authId }), code, name)
    t.equal(await call({ authId }), code, `${name}, again`)
  }
})

await t.test('verify: a proof for one portal opens no other', async t => {
  const { call, callOf, sandbox: { portals: { beta } } } = await sceneFor(t)
  const { authId } = callOf()
  t.equal(await call({ authId }), 'verified')
  t.equal(await call({ authId, memberId: beta.memberId }), 'B24_ERR_FOREIGN_PORTAL')
})

await t.test('verify: an uninstalled application passes only to be installed', async t => {
  const { call, callOf, sandbox: { portals: { alpha } } } = await sceneFor(t)
  alpha.installed = false
  const { authId } = callOf()
  t.equal(await call({ authId }), 'B24_ERR_NOT_INSTALLED')
  t.equal(await call({ authId, installing: true }), 'verified')
  t.equal(await call({ authId }), 'B24_ERR_NOT_INSTALLED', 'that proof opens nothing else')
  alpha.uninstall()
  t.equal(await call({ authId: 'x', installing: true }), 'B24_ERR_AUTH_ID_UNKNOWN')
})

await t.test('verify: an installation records nothing by itself', async t => {
  const { call, known, stored, recorded } = await sceneFor(t, { applicationToken: 'required' })
  t.equal(await call({ installing: true, applicationToken: 'new' }), 'verified')
  t.equal(await call({ installing: true }), 'verified')
  known.clear()
  t.equal(await call({ installing: true }), 'verified')
  known.set(stored().memberId, stored({ applicationToken: null }))
  t.equal(await call({ installing: true }), 'verified')
  t.strictSame(recorded, [])
})

await t.test('verify: records a portal that is not stored, or has changed', async t => {
  const { call, known, stored, recorded, sandbox } = await sceneFor(t)
  const rows: Array<[name: string, portal: KnownPortal | undefined]> = [
    ['missing', undefined],
    ['moved', stored({ domain: 'old.example' })],
    ['another REST root', stored({ clientEndpoint: 'https://old.example/rest/' })],
    ['another server', stored({ serverEndpoint: 'https://old.example/rest/' })],
    ['another scope', stored({ scope: ['crm'] })],
    ['another status', stored({ status: 'F' })],
    ['an uninstall was asked for', stored({ uninstallRequestedAt: 1 })],
    ['uninstalled', stored({ applicationToken: null, uninstalledAt: 1 })],
    ['uninstalled, and the application was added anew', stored({ applicationToken: 'old', uninstalledAt: 1 })]
  ]
  const { domain, clientEndpoint, serverEndpoint, scope } = stored()
  for (const [name, portal] of rows) {
    recorded.length = 0
    if (portal === undefined) known.clear()
    else known.set(portal.memberId, portal)
    t.equal(await call(), 'verified', name)
    t.match(recorded, [{ domain, clientEndpoint, serverEndpoint, scope, status: 'L' }], name)
  }
  recorded.length = 0
  known.clear()
  const { beta } = sandbox.portals
  t.equal(await call({ authId: beta.grant(beta.users.admin).accessToken }), 'B24_ERR_FOREIGN_PORTAL')
  t.strictSame(recorded, [], 'what is refused is not recorded')
})

await t.test('verify: asks nobody about a call that was verified before', async t => {
  const { call, callOf, clock, sandbox, asked } = await sceneFor(t)
  const { authId } = callOf()
  t.equal(await call({ authId }), 'verified')
  for (const trouble of ['down', 'nonsense', 'error'] as const) {
    sandbox.trouble.authorizationServer = trouble
    t.equal(await call({ authId }), 'verified', `${trouble}, verified before`)
    t.equal(await call(), unavailable, `${trouble}, new`)
  }
  sandbox.trouble.authorizationServer = 'none'
  sandbox.trouble.authorizationServerDelay = 400
  const impatient = await verifierFor(t, [sandbox.authorizationServer], { timeout: 50 })
  t.equal(await impatient.outcome(callOf()), unavailable, 'slow, new')
  sandbox.trouble.authorizationServerDelay = 0
  t.equal(await call(), 'verified', 'awake again')
  const before = asked()
  clock.now += 3_599_000 // the sandbox counts in whole seconds
  t.equal(await call({ authId }), 'verified')
  t.equal(asked(), before)
  clock.now += 2_000
  t.equal(await call({ authId }), 'B24_ERR_AUTH_ID_EXPIRED', 'after an hour it is asked again')
  t.equal(asked(), before + 1)
})

await t.test('verify: asks again when the clock is put back, and not again after that', async t => {
  const { call, callOf, clock, asked } = await sceneFor(t)
  const { authId } = callOf()
  t.equal(await call({ authId }), 'verified')
  clock.now -= 7_200_000
  t.strictSame([await call({ authId }), await call({ authId })], ['verified', 'verified'])
  t.equal(asked(), 2, 'an expired token would have been accepted for two hours more')
})

await t.test('verify: an installation reads the store even with a cached proof', async t => {
  const { call, callOf, known, asked } = await sceneFor(t)
  const { authId } = callOf()
  t.equal(await call({ authId }), 'verified')
  known.clear()
  t.equal(await call({ authId, installing: true }), 'verified')
  t.equal(asked(), 1)
})

await t.test('verify: repeats a question after a broken connection', async t => {
  let count = 0
  const { callOf, sandbox } = await sceneFor(t)
  const proxy = await serverFor(t, async (request, response) => {
    if (++count === 1) {
      request.socket.destroy()
      return
    }
    const answer = await fetch(`${sandbox.authorizationServer}${request.url}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: (await request.toArray()).join('')
    })
    response.writeHead(answer.status).end(await answer.text())
  })
  const { outcome } = await verifierFor(t, [proxy])
  t.equal(await outcome(callOf({ serverEndpoint: '' })), 'verified')
  t.equal(count, 2)
})

await t.test('verify: refuses a flood of forged calls, and serves everybody else', async t => {
  type Row = [name: string, attacker: (index: number) => string, asked: number, changes: Partial<UnverifiedCall>]
  const rows: Row[] = [
    ['one address', () => '198.51.100.7', 60, {}],
    ['one address with many ports', index => `198.51.100.7:${1024 + index}`, 60, {}],
    ['one address, also in the form of IPv6', index => `${index % 2 ? '::ffff:' : ''}198.51.100.7`, 60, {}],
    ['one IPv6 /64', index => `2001:db8:1:2::${index.toString(16)}`, 60, {}],
    ['one IPv6 /48', index => `2001:db8:1:${index.toString(16)}::1`, 240, {}],
    ['one IPv6 /48, portals made up', index => `2001:db8:1:${index.toString(16)}::1`, 240, { memberId: 'made-up' }],
    ['addresses that are none', index => `_hidden${index}`, 60, {}],
    ['one /64, no application token', index => `2001:db8:1:2::${index % 2 + 1}`, 60, { applicationToken: '' }]
  ]
  for (const [name, attacker, asked, changes] of rows) {
    const scene = await sceneFor(t)
    const { alpha, beta } = scene.sandbox.portals
    for (let index = 0; index < 300; index++) {
      await scene.call({ authId: `forged ${index}`, ...changes, ip: attacker(index) })
    }
    t.equal(scene.asked(), asked, name)
    t.equal(await scene.call({ authId: 'forged', ...changes, ip: attacker(0) }), tooMany, `${name}: the attacker`)
    t.equal(await scene.call(), 'verified', `${name}: a user of the portal`)
    const plain = { applicationToken: '', memberId: alpha.memberId }
    t.equal(await scene.call(plain), 'verified', `${name}: one without an application token`)
    const first = () =>
      ({ memberId: beta.memberId, authId: beta.grant(beta.users.admin).accessToken, installing: true })
    t.equal(await scene.call({ ...first(), ip: '192.0.2.2' }), 'verified', `${name}: a first installation`)
    t.equal(await scene.call({ ...first(), ip: attacker(0) }), 'verified', `${name}: one from the attacker's address`)
  }
})

await t.test('verify: counts tokens of other portals and applications as failures', async t => {
  const { call, asked, sandbox: { portals: { beta } } } = await sceneFor(t, { failedProofsPerMinute: 2 })
  beta.installed = true
  for (const code of ['B24_ERR_FOREIGN_PORTAL', 'B24_ERR_FOREIGN_PORTAL', tooMany]) {
    t.equal(await call({ authId: beta.grant(beta.users.admin).accessToken }), code)
  }
  t.equal(asked(), 2)
  const foreign = await sceneFor(t, { clientId: 'local.another', failedProofsPerMinute: 2 })
  for (const code of ['B24_ERR_FOREIGN_APPLICATION', 'B24_ERR_FOREIGN_APPLICATION', tooMany]) {
    t.equal(await foreign.call(), code)
  }
})

await t.test('verify: does not count verified calls', async t => {
  const { call } = await sceneFor(t)
  const outcomes = await Promise.all(Array.from({ length: 100 }, () => call()))
  t.strictSame([...new Set(outcomes)], ['verified'])
})

await t.test('verify: asks anew about a portal that may be uninstalled', async t => {
  const { call, known, stored, asked, recorded } = await sceneFor(t)
  known.clear()
  t.equal(await call(), 'verified')
  t.equal(recorded.length, 1)
  known.set(stored().memberId, stored({ applicationToken: null, uninstallRequestedAt: 1 }))
  const before = asked()
  t.equal(await call({ applicationToken: 'another' }), 'verified')
  t.equal(asked(), before + 1, 'the authorization server is asked again')
  t.equal(recorded.length, 2)
})

await t.test('verify: says since when the application is installed', async t => {
  const broken = 'cannot be written'
  type Stored = Partial<KnownPortal> | undefined
  type Row = [name: string, stored: Stored, recorded: number | typeof broken, installedAt: number | undefined]
  const rows: Row[] = [
    ['stored', {}, 9, 1],
    ['not stored yet', undefined, 5, 5],
    ['moved', { domain: 'old.example' }, 1, 1],
    ['moved, and that cannot be written', { domain: 'old.example' }, broken, 1],
    ['come back', { uninstalledAt: 2 }, 5, 5],
    ['come back, and that cannot be written', { uninstalledAt: 2 }, broken, undefined],
    ['never to be written', undefined, broken, undefined]
  ]
  for (const [name, portal, recorded, installedAt] of rows) {
    const { callOf, stored, known, verify } = await sceneFor(t, {
      record: () => recorded === broken ? Promise.reject(new Error(broken)) : recorded
    })
    if (portal === undefined) known.clear()
    else known.set(stored().memberId, stored(portal))
    const again = callOf()
    for (const when of ['first', 'cached']) t.equal((await verify(again)).installedAt, installedAt, `${name}, ${when}`)
  }
})

await t.test('remembered: keeps one call of a token, however it is posted', async t => {
  const asked: string[] = []
  const verify = remembered(async call => {
    asked.push(call.authId)
    return verifiedCall({ memberId: call.memberId, accessToken: call.authId })
  }, { epochs: createEpochs(), now: Date.now, max: 2 })
  const post = (authId: string, serverEndpoint = '') => verify({
    memberId: 'm1', authId, applicationToken: '', serverEndpoint, ip: '192.0.2.1', installing: false
  })
  await post('of somebody')
  for (let time = 0; time < 10; time++) await post('of a user', `https://oauth.example/rest/?${time}`)
  await post('of somebody')
  t.equal(asked.filter(token => token === 'of somebody').length, 1)
  await post('of a user')
  t.equal((await post('of a user')).accessToken, 'of a user')
  t.equal(asked.filter(token => token === 'of a user').length, 11)
})
