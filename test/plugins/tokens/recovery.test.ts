import t from 'tap'
import type { SandboxUser } from '../../../sandbox/index.ts'
import { createRecovery, type RecoveryCall } from '../../../plugins/tokens/recovery.ts'
import { worldFor, type Given } from './world.ts'

interface Scope { after: (fn: () => unknown) => void }

/** A portal whose pair is dead, and the offers of those who open the application on it. */
async function lostPortal (t: Scope, given: Given = {}) {
  const world = await worldFor(t, given)
  const { sandbox, memberId, service, refresher, dependencies, store, now } = world
  const { alpha, beta } = sandbox.portals
  const { refreshToken } = await world.install()
  sandbox.trouble.refresh = 'cut'
  await service.holder(memberId).catch(() => undefined)
  sandbox.trouble.refresh = 'none'
  if (given.ahead) given.ahead.ms += 1000
  await service.holder(memberId).catch(() => undefined)
  sandbox.wire.clear()
  const recover = createRecovery({
    store, refresher, authorizationServers: dependencies.authorizationServers, clientId: sandbox.clientId, leaseTime: 60_000, log: dependencies.log, now
  })
  const offerOf = (user: SandboxUser, changes: Partial<RecoveryCall> & { portal?: typeof beta } = {}): RecoveryCall => {
    const grant = alpha.grant(user)
    return {
      caller: {
        memberId,
        clientId: sandbox.clientId,
        domain: alpha.domain,
        origin: alpha.url,
        clientEndpoint: `${alpha.url}/rest/`,
        serverEndpoint: `${sandbox.authorizationServer}/rest/`,
        scope: alpha.scope,
        status: 'L',
        installed: true,
        userId: user.id,
        expiresAt: now() + 3_600_000,
        accessToken: grant.accessToken
      },
      refreshToken: grant.refreshToken,
      isAdmin: async () => user.admin,
      ...changes
    }
  }
  return { ...world, alpha, beta, recover, offerOf, spent: refreshToken }
}
const ahead = () => ({ ahead: { ms: 0 } })

await t.test('the call of an administrator brings a lost portal back', async t => {
  const { recover, offerOf, alpha, service, memberId, refresh, refresher, log, asked } = await lostPortal(t, ahead())
  await t.rejects(service.holder(memberId), { code: 'B24_ERR_TOKENS_LOST' })
  await recover(offerOf(alpha.users.admin))
  t.equal(await refresh(), null)
  await t.resolves(service.holder(memberId))
  t.equal(refresher.counts().recovered, 1)
  t.match(log.at(-1), ['info', /brought the tokens of an installation back/])
  t.equal(asked(), 1)
})

await t.test('nobody\'s refresh token is touched unless the pair is dead and the caller an administrator', async t => {
  const well = await worldFor(t)
  await well.install()
  const lost = await lostPortal(t, ahead())
  const { admin, employee } = lost.alpha.users
  const rows: Array<[name: string, offer: RecoveryCall]> = [
    ['an employee', lost.offerOf(employee)],
    ['no refresh token', lost.offerOf(admin, { refreshToken: '' })],
    ['another server', lost.offerOf(admin, { caller: { ...lost.offerOf(admin).caller, serverEndpoint: 'https://foreign.example/rest/' } })],
    ['another portal', lost.offerOf(admin, { caller: { ...lost.offerOf(admin).caller, memberId: 'unknown' } })]
  ]
  for (const [name, offer] of rows) {
    const recover = createRecovery({ ...lost.dependencies, refresher: lost.refresher, clientId: lost.sandbox.clientId, leaseTime: 60_000 })
    await recover(offer)
    t.equal(lost.asked(), 0, name)
  }
  const recover = createRecovery({ ...well.dependencies, refresher: well.refresher, clientId: well.sandbox.clientId, leaseTime: 60_000 })
  const offer = lost.offerOf(admin)
  await recover({ ...offer, caller: { ...offer.caller, memberId: well.memberId, serverEndpoint: `${well.sandbox.authorizationServer}/rest/` } })
  t.equal(well.asked(), 0)
})

await t.test('a refresh token that is not this user\'s on this portal is not stored', async t => {
  const { offerOf, alpha, beta, spent, refresh, refresher, sandbox, dependencies, log } = await lostPortal(t, ahead())
  const { admin, employee } = alpha.users
  const rows: Array<[name: string, refreshToken: string]> = [
    ['of another portal', beta.grant(beta.users.admin).refreshToken],
    ['of another user', alpha.grant(employee).refreshToken],
    ['of another application', alpha.grant(admin, { clientId: 'local.other' }).refreshToken],
    ['spent', spent]
  ]
  for (const [name, refreshToken] of rows) {
    const recover = createRecovery({ ...dependencies, refresher, clientId: sandbox.clientId, leaseTime: 60_000 })
    await recover(offerOf(admin, { refreshToken }))
    t.match(await refresh(), { code: 'lost' }, name)
  }
  t.equal(refresher.counts().recovery_refused, rows.length)
  t.match(log.at(-1), ['warn', /could not bring/])
  const strange = createRecovery({ ...dependencies, refresher, clientId: 'local.stranger', leaseTime: 60_000 })
  await strange(offerOf(admin))
  t.match(await refresh(), { code: 'lost' }, 'issued to another application than ours')
  const mute = createRecovery({
    ...dependencies, refresher, clientId: sandbox.clientId, leaseTime: 60_000, authorizationServers: { ...dependencies.authorizationServers, appInfo: async () => ({ error: 'expired_token' }) }
  })
  await mute(offerOf(admin))
  t.match(await refresh(), { code: 'lost' }, 'the server says nothing of the new token')
  t.equal(refresher.counts().recovered, 0)
})

await t.test('two administrators at once bring one pair', async t => {
  const given = ahead()
  const { recover, offerOf, alpha, asked, refresher, store, memberId } = await lostPortal(t, given)
  const { admin } = alpha.users
  let looks = 0
  const counting = (offer: RecoveryCall): RecoveryCall => ({ ...offer, isAdmin: async () => { looks++; return true } })
  await Promise.all([recover(counting(offerOf(admin))), recover(counting(offerOf(admin)))])
  t.equal(looks, 2)
  t.equal(asked(), 1)
  t.equal(refresher.counts().recovered, 1)
  const { tokenVersion } = await store.get(memberId) ?? { tokenVersion: 0 }
  await store.recordRefresh(memberId, { code: 'lost', at: 0, attempts: 1, nextTryAt: 0 }, tokenVersion)
  given.ahead.ms += 2000
  const late = offerOf(admin, { isAdmin: async () => { await store.recordRefresh(memberId, { code: 'unavailable', at: 0, attempts: 1, nextTryAt: 0 }, tokenVersion); return true } })
  await recover(late)
  t.equal(asked(), 1, 'somebody was faster while the portal was asked')
})

await t.test('people are asked about once in ten seconds whether they are administrators', async t => {
  const given = ahead()
  const { recover, offerOf, alpha, asked } = await lostPortal(t, given)
  const { admin, employee } = alpha.users
  let questions = 0
  const curious = () => offerOf(employee, { isAdmin: async () => { questions++; return false } })
  for (let n = 0; n < 3; n++) await recover(curious())
  t.equal(questions, 1)
  given.ahead.ms += 10_001
  await recover(curious())
  t.equal(questions, 2)
  await recover(offerOf(admin))
  t.equal(asked(), 1, 'employees stand in no administrator\'s way')
})

await t.test('an administrator who brings nothing is passed over for a while that grows, and others are not', async t => {
  const { offerOf, alpha, asked, refresh, sandbox: { trouble, clientId }, store, memberId, dependencies, refresher } = await lostPortal(t, ahead())
  const { admin } = alpha.users
  let clock = Date.now()
  const recover = createRecovery({ ...dependencies, refresher, clientId, leaseTime: 60_000, now: () => clock })
  const junk = () => offerOf(admin, { refreshToken: 'junk' })
  for (const [n, seconds] of [10, 60, 300, 1800, 1800].entries()) {
    for (let call = 0; call < 50; call++) await recover(junk())
    t.equal(asked(), n + 1)
    clock += seconds * 1000 - 1
    await recover(junk())
    t.equal(asked(), n + 1)
    clock++
  }
  trouble.authorizationServer = 'down'
  await t.rejects(recover(offerOf(admin)), { code: 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE' })
  await recover(offerOf(admin))
  t.equal(asked(), 6, 'a silent server is not asked with every call either')
  trouble.authorizationServer = 'none'
  await recover(offerOf({ ...admin, id: 2 }, { refreshToken: offerOf(alpha.users.employee).refreshToken }))
  t.equal(await refresh(), null, 'another person brings the pair')
  const row = await store.get(memberId)
  await store.recordRefresh(memberId, { code: 'lost', at: 0, attempts: 1, nextTryAt: 0 }, Number(row?.tokenVersion))
  await recover(offerOf({ ...admin, id: 2 }, { refreshToken: offerOf(alpha.users.employee).refreshToken }))
  t.equal(await refresh(), null, 'who has brought a pair may bring another one')
})
