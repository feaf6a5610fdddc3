import t from 'tap'
import type { Test } from 'tap'
import type { Sandbox } from '../../../sandbox/index.ts'
import { createProofLimit } from '../../../plugins/auth-token/rate-limit.ts'
import { verifyCall, type UnverifiedCall, type KnownPortal, type VerifyDependencies } from '../../../plugins/auth-token/verify-call.ts'
import { serverFor } from '../../helper.ts'
import { heldServerFor } from '../../held-server.ts'
import { sandboxFor } from '../../sandbox/helper.ts'
import { ladderFor, type Ladder } from './stages.ts'

const silent = 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE'
const tooMany = 'B24_ERR_TOO_MANY_PROOFS'

/** The code of the refusal, or 'proven'. */
const outcome = (claim: UnverifiedCall, deps: VerifyDependencies) => verifyCall(claim, deps).then(() => 'proven', error => error.code)

interface Scene extends Ladder {
  sandbox: Sandbox
  /** A call of the administrator of alpha, with what the test changes */
  claim: (changes?: Partial<UnverifiedCall>) => UnverifiedCall
  /** Asks for the outcome of such a call */
  call: (changes?: Partial<UnverifiedCall>) => Promise<string>
  /** How often the authorization server was asked */
  asked: () => number
  stored: (changes?: Partial<KnownPortal>) => KnownPortal
}

/** The application is installed on alpha, and stored. */
async function sceneFor (t: Test, changes: Partial<VerifyDependencies> = {}): Promise<Scene> {
  const sandbox = await sandboxFor(t)
  const { alpha } = sandbox.portals
  alpha.installed = true
  const ladder = ladderFor(t, [sandbox.authorizationServer], changes)
  const claim = (changes?: Partial<UnverifiedCall>): UnverifiedCall => ({
    memberId: alpha.memberId,
    authId: alpha.grant(alpha.users.admin).accessToken,
    applicationToken: alpha.applicationToken,
    serverEndpoint: `${sandbox.authorizationServer}/rest/`,
    caller: '192.0.2.1',
    installing: false,
    ...changes
  })
  const stored = (changes?: Partial<KnownPortal>): KnownPortal => ({
    memberId: alpha.memberId,
    domain: alpha.domain,
    clientEndpoint: `${alpha.url}/rest/`,
    serverEndpoint: `${sandbox.authorizationServer}/rest/`,
    scope: alpha.scope,
    status: 'L',
    applicationToken: alpha.applicationToken,
    installedAt: 1,
    uninstallRequestedAt: null,
    uninstalledAt: null,
    ...changes
  })
  ladder.known.set(alpha.memberId, stored())
  return { ...ladder, sandbox, claim, stored, call: changes => outcome(claim(changes), ladder.deps), asked: () => sandbox.requests.length }
}

await t.test('a call of an installed application is proven, with the user, the portal and the token', async t => {
  const { claim, deps, sandbox, recorded } = await sceneFor(t)
  const { alpha } = sandbox.portals
  const { accessToken: authId, expiresAt } = alpha.grant(alpha.users.employee)
  t.strictSame(await verifyCall(claim({ authId }), deps), {
    clientId: sandbox.clientId,
    memberId: alpha.memberId,
    domain: alpha.domain,
    origin: alpha.url,
    clientEndpoint: `${alpha.url}/rest/`,
    serverEndpoint: `${sandbox.authorizationServer}/rest/`,
    scope: alpha.scope,
    status: 'L',
    installed: true,
    installedAt: 1,
    userId: 2,
    // The ladder's clock is a moment older than the token.
    expiresAt: Math.min(expiresAt * 1000, deps.now() + 3_600_000),
    accessToken: authId
  })
  t.strictSame(recorded, [], 'nothing has changed, so nothing is recorded')
})

await t.test('the application token is checked before anybody is asked', async t => {
  const rows: Array<[name: string, posted: string | undefined, stored: string | null | undefined, policy: VerifyDependencies['policy'], code: string]> = [
    ['right', undefined, undefined, 'required', 'proven'],
    ['wrong', 'wrong', undefined, 'when-present', 'B24_ERR_APPLICATION_TOKEN'],
    ['missing', '', undefined, 'when-present', 'proven'],
    ['missing', '', undefined, 'required', 'B24_ERR_APPLICATION_TOKEN'],
    ['none stored', 'any', null, 'required', 'proven']
  ]
  for (const [name, applicationToken, token, policy, code] of rows) {
    const { call, known, stored, asked } = await sceneFor(t, { policy })
    if (token !== undefined) known.set(stored().memberId, stored({ applicationToken: token }))
    t.equal(await call(applicationToken === undefined ? {} : { applicationToken }), code, `${name}, ${policy}`)
    t.equal(asked(), code === 'proven' ? 1 : 0, `${name}, ${policy}`)
  }
})

await t.test('a wrong application token is refused for a token that is proven already, too', async t => {
  const { call, claim, asked } = await sceneFor(t)
  const { authId } = claim()
  t.equal(await call({ authId }), 'proven')
  t.equal(await call({ authId, applicationToken: 'wrong' }), 'B24_ERR_APPLICATION_TOKEN')
  t.equal(await call({ authId, applicationToken: '' }), 'proven', 'without one the cached proof is good')
  t.equal(asked(), 1)
})

await t.test('a token that says something else than the call is refused', async t => {
  const { call, sandbox: { portals: { alpha, beta } } } = await sceneFor(t)
  const { admin } = alpha.users
  beta.installed = true
  const revoked = alpha.grant(admin).accessToken
  alpha.revoke(revoked)
  const rows: Array<[name: string, changes: Partial<UnverifiedCall>, code: string]> = [
    ['none', { authId: '' }, 'B24_ERR_AUTH_ID_MISSING'],
    ['of another application', { authId: alpha.grant(admin, { clientId: 'local.other' }).accessToken }, 'B24_ERR_FOREIGN_APPLICATION'],
    ['of another portal', { authId: beta.grant(admin).accessToken }, 'B24_ERR_FOREIGN_PORTAL'],
    ['expired', { authId: alpha.grant(admin, { expiresIn: -1 }).accessToken }, 'B24_ERR_AUTH_ID_EXPIRED'],
    ['revoked', { authId: revoked }, 'B24_ERR_AUTH_ID_UNKNOWN'],
    ['made up', { authId: 'made up' }, 'B24_ERR_AUTH_ID_UNKNOWN']
  ]
  for (const [name, changes, code] of rows) {
    t.equal(await call(changes), code, name)
    t.equal(await call(changes), code, `${name}, again`)
  }
})

await t.test('a proof for one portal opens no other', async t => {
  const { call, claim, sandbox: { portals: { beta } } } = await sceneFor(t)
  const { authId } = claim()
  t.equal(await call({ authId }), 'proven')
  t.equal(await call({ authId, memberId: beta.memberId }), 'B24_ERR_FOREIGN_PORTAL')
})

await t.test('an application that is not installed is refused, but on the way to its installation', async t => {
  const { call, claim, sandbox: { portals: { alpha } } } = await sceneFor(t)
  alpha.installed = false
  const { authId } = claim()
  t.equal(await call({ authId }), 'B24_ERR_NOT_INSTALLED')
  t.equal(await call({ authId, installing: true }), 'proven')
  t.equal(await call({ authId }), 'B24_ERR_NOT_INSTALLED', 'that proof opens nothing else')
  alpha.uninstall()
  t.equal(await call({ authId: 'x', installing: true }), 'B24_ERR_AUTH_ID_UNKNOWN')
})

await t.test('an installation need not know the application token, and records nothing by itself', async t => {
  const { call, known, stored, recorded } = await sceneFor(t, { policy: 'required' })
  t.equal(await call({ installing: true, applicationToken: 'new' }), 'proven')
  t.equal(await call({ installing: true }), 'proven')
  known.clear()
  t.equal(await call({ installing: true }), 'proven')
  known.set(stored().memberId, stored({ applicationToken: null }))
  t.equal(await call({ installing: true }), 'proven')
  t.strictSame(recorded, [])
})

await t.test('a portal that is not stored, or stored otherwise, is recorded', async t => {
  const { call, known, stored, recorded, sandbox } = await sceneFor(t)
  const now: Partial<KnownPortal> = stored()
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
  for (const [name, portal] of rows) {
    recorded.length = 0
    if (portal === undefined) known.clear()
    else known.set(portal.memberId, portal)
    t.equal(await call(), 'proven', name)
    t.match(recorded, [{ domain: now.domain, clientEndpoint: now.clientEndpoint, serverEndpoint: now.serverEndpoint, scope: now.scope, status: 'L' }], name)
  }
  recorded.length = 0
  known.clear()
  t.equal(await call({ authId: sandbox.portals.beta.grant(sandbox.portals.beta.users.admin).accessToken }), 'B24_ERR_FOREIGN_PORTAL')
  t.strictSame(recorded, [], 'what is refused is not recorded')
})

await t.test('a proven call is let through without asking anybody, whatever the server does', async t => {
  const { call, claim, clock, sandbox, asked } = await sceneFor(t)
  const { authId } = claim()
  t.equal(await call({ authId }), 'proven')
  for (const trouble of ['down', 'nonsense', 'error'] as const) {
    sandbox.trouble.authorizationServer = trouble
    t.equal(await call({ authId }), 'proven', `${trouble}, proven before`)
    t.equal(await call(), silent, `${trouble}, new`)
  }
  sandbox.trouble.authorizationServer = 'none'
  sandbox.trouble.authorizationServerDelay = 400
  t.equal(await outcome(claim(), ladderFor(t, [sandbox.authorizationServer], {}, 50).deps), silent, 'slow, new')
  sandbox.trouble.authorizationServerDelay = 0
  t.equal(await call(), 'proven', 'awake again')
  const before = asked()
  clock.now += 3_599_000 // the sandbox counts in whole seconds
  t.equal(await call({ authId }), 'proven')
  t.equal(asked(), before)
  clock.now += 2_000
  t.equal(await call({ authId }), 'B24_ERR_AUTH_ID_EXPIRED', 'after an hour it is asked again')
  t.equal(asked(), before + 1)
})

await t.test('an installation asks the store even with a proof at hand', async t => {
  const { call, claim, known, asked } = await sceneFor(t)
  const { authId } = claim()
  t.equal(await call({ authId }), 'proven')
  known.clear()
  t.equal(await call({ authId, installing: true }), 'proven')
  t.equal(asked(), 1)
})

await t.test('a broken connection is mended unseen', async t => {
  let count = 0
  const { call, claim, sandbox } = await sceneFor(t)
  const proxy = await serverFor(t, async (request, response) => {
    if (++count === 1) {
      request.socket.destroy()
      return
    }
    const answer = await fetch(`${sandbox.authorizationServer}${request.url}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: (await request.toArray()).join('') })
    response.writeHead(answer.status).end(await answer.text())
  })
  const ladder = ladderFor(t, [proxy])
  t.equal(await outcome(claim({ serverEndpoint: '' }), ladder.deps), 'proven')
  t.equal(count, 2)
  t.equal(await call(), 'proven')
})

await t.test('SERVER_ENDPOINT picks a server of the list, and can do nothing else', async t => {
  const asked: string[] = []
  const origins = await Promise.all(['one', 'two', 'foreign'].map(name => serverFor(t, (_request, response) => {
    asked.push(name)
    response.writeHead(401).end('{"error":"NO_AUTH_FOUND"}')
  })))
  const [one = '', two = '', foreign = ''] = origins
  const unknown = 'B24_ERR_AUTH_ID_UNKNOWN'
  const refused = 'B24_ERR_SERVER_ENDPOINT'
  const rows: Array<[name: string, posted: string, stored: string | undefined, code: string, asked: string[]]> = [
    ['listed', `${two}/rest/`, undefined, unknown, ['two']],
    ['without a slash', `${two}/rest`, undefined, unknown, ['two']],
    ['listed, another one is stored', `${two}/rest/`, `${one}/rest/`, unknown, ['two']],
    ['not listed', `${foreign}/rest/`, undefined, refused, []],
    ['not the REST root', `${two}/`, undefined, refused, []],
    ['more than the REST root', `${two}/rest/x`, undefined, refused, []],
    ['a name that begins like a listed one', `${two}.evil.example/rest/`, undefined, refused, []],
    ['a user in the address', `${two}@evil.example/rest/`, undefined, refused, []],
    ['missing, one is stored', '', `${two}/rest/`, unknown, ['two']],
    ['missing, the stored one is not listed', '', `${foreign}/rest/`, unknown, ['one', 'two']],
    ['missing, none is stored', '', undefined, unknown, ['one', 'two']]
  ]
  for (const [name, serverEndpoint, endpoint, code, expected] of rows) {
    asked.length = 0
    const { known, deps } = ladderFor(t, [one, two])
    const claim = { memberId: 'm1', authId: 'token', applicationToken: '', serverEndpoint, caller: '192.0.2.1', installing: false }
    const portal = { memberId: 'm1', domain: '', clientEndpoint: '', serverEndpoint: endpoint ?? '', scope: [], status: '' }
    if (endpoint !== undefined) known.set('m1', { ...portal, applicationToken: null, installedAt: 1, uninstallRequestedAt: null, uninstalledAt: null })
    t.equal(await outcome(claim, deps), code, name)
    t.strictSame(asked, expected, name)
  }
})

await t.test('a flood of forged calls is refused after a minute\'s failures, and is in nobody\'s way', async t => {
  for (const [name, attacker, asked, changes] of [
    ['one address', () => '198.51.100.7', 60, {}],
    ['one address with many ports', index => `198.51.100.7:${1024 + index}`, 60, {}],
    ['one address, also in the form of IPv6', index => `${index % 2 ? '::ffff:' : ''}198.51.100.7`, 60, {}],
    ['one IPv6 /64', index => `2001:db8:1:2::${index.toString(16)}`, 60, {}],
    ['one IPv6 /48', index => `2001:db8:1:${index.toString(16)}::1`, 240, {}],
    ['one IPv6 /48, portals made up', index => `2001:db8:1:${index.toString(16)}::1`, 240, { memberId: 'made-up' }],
    ['addresses that are none', index => `_hidden${index}`, 60, {}],
    ['two addresses of one /64, one portal, no application token', index => `2001:db8:1:2::${index % 2 + 1}`, 60, { applicationToken: '' }]
  ] as Array<[string, (index: number) => string, number, Partial<UnverifiedCall>]>) {
    const scene = await sceneFor(t)
    const { alpha, beta } = scene.sandbox.portals
    for (let index = 0; index < 300; index++) await scene.call({ authId: `forged ${index}`, ...changes, caller: attacker(index) })
    t.equal(scene.asked(), asked, name)
    t.equal(await scene.call({ authId: 'forged', ...changes, caller: attacker(0) }), tooMany, `${name}: the attacker`)
    t.equal(await scene.call(), 'proven', `${name}: a user of the portal`)
    t.equal(await scene.call({ applicationToken: '', memberId: alpha.memberId }), 'proven', `${name}: one without an application token`)
    const first = { memberId: beta.memberId, authId: beta.grant(beta.users.admin).accessToken, installing: true }
    t.equal(await scene.call({ ...first, caller: '192.0.2.2' }), 'proven', `${name}: a first installation`)
    t.equal(await scene.call({ ...first, authId: beta.grant(beta.users.admin).accessToken, caller: attacker(0) }), 'proven', `${name}: one from the attacker's address`)
  }
})

await t.test('tokens of other portals and applications are failures, too', async t => {
  const { call, asked, sandbox: { portals: { beta } } } = await sceneFor(t, { limit: createProofLimit({ failuresPerMinute: 2 }) })
  beta.installed = true
  for (const code of ['B24_ERR_FOREIGN_PORTAL', 'B24_ERR_FOREIGN_PORTAL', tooMany]) {
    t.equal(await call({ authId: beta.grant(beta.users.admin).accessToken }), code)
  }
  t.equal(asked(), 2)
  const foreign = await sceneFor(t, { clientId: 'local.another', limit: createProofLimit({ failuresPerMinute: 2 }) })
  for (const code of ['B24_ERR_FOREIGN_APPLICATION', 'B24_ERR_FOREIGN_APPLICATION', tooMany]) t.equal(await foreign.call(), code)
})

await t.test('whoever was proven is not counted, however often', async t => {
  const { call } = await sceneFor(t)
  const outcomes = await Promise.all(Array.from({ length: 100 }, () => call()))
  t.strictSame([...new Set(outcomes)], ['proven'])
})

await t.test('what the store fails with ends the call', async t => {
  const { call, asked } = await sceneFor(t, { find: async () => { throw Object.assign(new Error(), { code: 'STORE' }) } })
  t.equal(await call(), 'STORE')
  t.equal(asked(), 0)
})

await t.test('a proof of some time ago does not say that a portal is alive now', async t => {
  const recorded: string[] = []
  const known = new Map<string, KnownPortal>()
  const { call, asked, sandbox: { portals: { alpha } } } = await sceneFor(t, {
    find: async memberId => known.get(memberId),
    record: async portal => { recorded.push(portal.memberId) }
  })
  t.equal(await call(), 'proven')
  t.strictSame(recorded, [alpha.memberId])
  const { memberId, domain } = alpha
  known.set(memberId, { memberId, domain, clientEndpoint: '', serverEndpoint: '', scope: [], status: 'L', applicationToken: null, installedAt: 1, uninstallRequestedAt: 1, uninstalledAt: null })
  const before = asked()
  t.equal(await call({ applicationToken: 'another' }), 'proven')
  t.equal(asked(), before + 1, 'the authorization server is asked anew')
  t.equal(recorded.length, 2)
})

/** The same behind a proxy that can hold back what the authorization server has said. */
async function underWayFor (t: Test, changes: Partial<VerifyDependencies> = {}) {
  const { sandbox, claim, stored } = await sceneFor(t)
  const { origin, hold } = await heldServerFor(t, sandbox.authorizationServer)
  const ladder = ladderFor(t, [origin], changes)
  const { memberId } = stored()
  const store = (changes?: Partial<KnownPortal>) => ladder.known.set(memberId, stored({ serverEndpoint: `${origin}/rest/`, ...changes }))
  store()
  const { authId } = claim()
  return {
    ...ladder,
    alpha: sandbox.portals.alpha,
    hold,
    store,
    forget: () => ladder.deps.cache.forget(memberId),
    /** All with one token */
    call: (changes?: Partial<UnverifiedCall>) => outcome(claim({ authId, serverEndpoint: '', ...changes }), ladder.deps),
    asked: () => sandbox.requests.length
  }
}

await t.test('a proof under way does not survive an uninstall', async t => {
  const rows: Array<[name: string, changes: Partial<UnverifiedCall>, code: string]> = [
    ['a call', {}, 'B24_ERR_NOT_INSTALLED'],
    ['without application token', { applicationToken: '' }, 'B24_ERR_NOT_INSTALLED'],
    ['an installation', { installing: true }, 'B24_ERR_NOT_INSTALLED']
  ]
  for (const [name, changes, code] of rows) {
    const { call, hold, store, forget, alpha, asked, recorded } = await underWayFor(t)
    const answer = hold()
    const slow = call(changes)
    await answer.said
    alpha.uninstall()
    store({ applicationToken: null, uninstalledAt: 2 })
    forget()
    answer.release()
    t.equal(await slow, code, name)
    t.equal(asked(), 2, `${name}: the server is asked again, once`)
    t.equal(await call(changes), code, `${name}, later`)
    t.strictSame(recorded, [], name)
  }
})

await t.test('what ended before we were told of an uninstall ends with the news', async t => {
  const { call, hold, store, forget, alpha } = await underWayFor(t)
  const answer = hold()
  const slow = call()
  await answer.said
  alpha.uninstall()
  store({ applicationToken: null, uninstalledAt: 2 })
  t.equal(await call(), 'B24_ERR_NOT_INSTALLED', 'who reads of it in the store does not share a question from before it')
  answer.release()
  t.equal(await slow, 'proven')
  forget()
  t.equal(await call(), 'B24_ERR_NOT_INSTALLED')
})

await t.test('a cached proof does not bring a tombstone back', async t => {
  const { call, store, alpha, recorded } = await underWayFor(t)
  t.equal(await call(), 'proven')
  alpha.uninstall()
  store({ applicationToken: null, uninstalledAt: 2 })
  t.equal(await call({ applicationToken: '' }), 'B24_ERR_NOT_INSTALLED')
  t.strictSame(recorded, [])
})

await t.test('a portal that was uninstalled before its proof could be recorded is asked about again', async t => {
  const seen: unknown[] = []
  const answers = [null, 7]
  const { call, store, asked } = await underWayFor(t, { record: async (_portal, before) => { seen.push(before.uninstalledAt); return answers.shift() } })
  store({ uninstalledAt: 2 })
  t.equal(await call(), 'proven')
  t.equal(asked(), 2)
  t.strictSame(seen, [2, 2])
})

await t.test('a portal of which nothing was stored has no tombstone to bring back', async t => {
  const seen: unknown[] = []
  const { call, known } = await sceneFor(t, { record: async (_portal, before) => { seen.push(before) } })
  known.clear()
  t.equal(await call(), 'proven')
  t.strictSame(seen, [{ uninstallRequestedAt: null, uninstalledAt: null }])
})

await t.test('an application token that changes while a call is proven is asked for, and is not kept', async t => {
  const { call, hold, store, forget } = await underWayFor(t)
  const answer = hold()
  const slow = call()
  await answer.said
  store({ applicationToken: 'new' })
  forget()
  answer.release()
  t.equal(await slow, 'B24_ERR_APPLICATION_TOKEN')
  t.equal(await call(), 'B24_ERR_APPLICATION_TOKEN')
  t.equal(await call({ applicationToken: 'new' }), 'proven')
})

await t.test('an installation that changes whenever it is asked about is refused', async t => {
  const { call, hold, forget, asked } = await underWayFor(t)
  const answers = [hold(), hold()]
  const slow = call()
  for (const { said, release } of answers) {
    await said
    forget()
    release()
  }
  t.equal(await slow, 'B24_ERR_NOT_INSTALLED')
  t.equal(asked(), 2)
  t.equal(await call(), 'proven')
})

await t.test('what changes on another portal is in nobody\'s way', async t => {
  const { call, hold, deps, asked } = await underWayFor(t)
  const answer = hold()
  const slow = call()
  await answer.said
  deps.cache.forget('another')
  answer.release()
  t.equal(await slow, 'proven')
  t.equal(await call(), 'proven')
  t.equal(asked(), 1)
})

await t.test('a proven call knows since when the portal is installed', async t => {
  const rows: Array<[name: string, stored: Partial<KnownPortal> | undefined, recorded: number | undefined, installedAt: number | undefined]> = [
    ['stored', {}, undefined, 1],
    ['not stored yet', undefined, 5, 5],
    ['moved', { domain: 'old.example' }, 1, 1],
    ['moved, and that cannot be written', { domain: 'old.example' }, undefined, 1],
    ['come back', { uninstalledAt: 2 }, 5, 5],
    ['come back, and that cannot be written', { uninstalledAt: 2 }, undefined, undefined],
    ['never to be written', undefined, undefined, undefined]
  ]
  for (const [name, portal, recorded, installedAt] of rows) {
    const { claim, stored, known, deps } = await sceneFor(t, { record: async () => recorded })
    if (portal === undefined) known.clear()
    else known.set(stored().memberId, stored(portal))
    const again = claim()
    for (const when of ['first', 'cached']) t.equal((await verifyCall(again, deps)).installedAt, installedAt, `${name}, ${when}`)
  }
})
