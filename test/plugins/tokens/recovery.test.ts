import t from 'tap'
import type { SandboxUser } from '../../../sandbox/index.ts'
import { createBackground } from '../../../src/queues/background.ts'
import { createRecovery, createTakeCall, type RecoveryCall } from '../../../plugins/tokens/recovery.ts'
import type { Installation, RefreshState } from '../../../src/store/installation-store.ts'
import { until } from '../../until.ts'
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
    store,
    refresher,
    authorizationServers: dependencies.authorizationServers,
    clientId: sandbox.clientId,
    leaseTime: 60_000,
    log: dependencies.log,
    now
  })
  const recoveryOf = (
    user: SandboxUser, changes: Partial<RecoveryCall> & { portal?: typeof beta } = {}
  ): RecoveryCall => {
    const grant = alpha.grant(user)
    return {
      call: {
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
  return { ...world, alpha, beta, recover, recoveryOf, spent: refreshToken }
}
const ahead = () => ({ ahead: { ms: 0 } })

await t.test('recovery: takes the token of an administrator\'s call', async t => {
  const { recover, recoveryOf, alpha, service, memberId, refresh, refresher, log, asked } = await lostPortal(t, ahead())
  await t.rejects(service.holder(memberId), { code: 'B24_ERR_TOKENS_LOST' })
  await recover(recoveryOf(alpha.users.admin))
  t.equal(await refresh(), null)
  await t.resolves(service.holder(memberId))
  t.equal(refresher.outcomes().recovered, 1)
  t.match(log.at(-1), ['info', /has recovered the tokens of an installation/])
  t.equal(asked(), 1)
})

await t.test('recovery: stores whose the new pair is', async t => {
  const { recover, recoveryOf, alpha, service, memberId } = await lostPortal(t, ahead())
  await recover(recoveryOf({ ...alpha.users.admin, id: 5 }))
  t.match(await service.holder(memberId), { userId: 5, tokenVersion: 2 })
})

await t.test('recovery: touches no token unless pair and caller allow it', async t => {
  const well = await worldFor(t)
  await well.install()
  const lost = await lostPortal(t, ahead())
  const { admin, employee } = lost.alpha.users
  const rows: Array<[name: string, recovery: RecoveryCall]> = [
    ['an employee', lost.recoveryOf(employee)],
    ['no refresh token', lost.recoveryOf(admin, { refreshToken: '' })],
    ['another server', lost.recoveryOf(admin, {
      call: { ...lost.recoveryOf(admin).call, serverEndpoint: 'https://foreign.example/rest/' }
    })],
    ['another portal', lost.recoveryOf(admin, { call: { ...lost.recoveryOf(admin).call, memberId: 'unknown' } })]
  ]
  for (const [name, recovery] of rows) {
    const recover = createRecovery({
      ...lost.dependencies, refresher: lost.refresher, clientId: lost.sandbox.clientId, leaseTime: 60_000
    })
    await recover(recovery)
    t.equal(lost.asked(), 0, name)
  }
  const recover = createRecovery({
    ...well.dependencies, refresher: well.refresher, clientId: well.sandbox.clientId, leaseTime: 60_000
  })
  const recovery = lost.recoveryOf(admin)
  await recover({
    ...recovery,
    call: { ...recovery.call, memberId: well.memberId, serverEndpoint: `${well.sandbox.authorizationServer}/rest/` }
  })
  t.equal(well.asked(), 0)
})

await t.test('recovery: stores no token of another user or portal', async t => {
  const { recoveryOf, alpha, beta, spent, refresh, refresher, sandbox, dependencies, log } = await lostPortal(
    t, ahead()
  )
  const { admin, employee } = alpha.users
  const rows: Array<[name: string, refreshToken: string]> = [
    ['of another portal', beta.grant(beta.users.admin).refreshToken],
    ['of another user', alpha.grant(employee).refreshToken],
    ['of another application', alpha.grant(admin, { clientId: 'local.other' }).refreshToken],
    ['spent', spent]
  ]
  for (const [name, refreshToken] of rows) {
    const recover = createRecovery({ ...dependencies, refresher, clientId: sandbox.clientId, leaseTime: 60_000 })
    await recover(recoveryOf(admin, { refreshToken }))
    t.match(await refresh(), { code: 'lost' }, name)
  }
  t.equal(refresher.outcomes().recovery_refused, rows.length)
  t.match(log.at(-1), ['warn', /could not recover/])
  const strange = createRecovery({ ...dependencies, refresher, clientId: 'local.stranger', leaseTime: 60_000 })
  await strange(recoveryOf(admin))
  t.match(await refresh(), { code: 'lost' }, 'issued to another application than ours')
  const mute = createRecovery({
    ...dependencies,
    refresher,
    clientId: sandbox.clientId,
    leaseTime: 60_000,
    authorizationServers: {
      ...dependencies.authorizationServers, appInfo: async () => ({ error: 'expired_token' })
    }
  })
  await mute(recoveryOf(admin))
  t.match(await refresh(), { code: 'lost' }, 'the server says nothing of the new token')
  t.equal(refresher.outcomes().recovered, 0)
})

await t.test('recovery: stores one pair for two administrators at once', async t => {
  const given = ahead()
  const { recover, recoveryOf, alpha, asked, refresher, store, memberId } = await lostPortal(t, given)
  const { admin } = alpha.users
  let looks = 0
  const counting = (recovery: RecoveryCall): RecoveryCall =>
    ({ ...recovery, isAdmin: async () => { looks++; return true } })
  await Promise.all([recover(counting(recoveryOf(admin))), recover(counting(recoveryOf(admin)))])
  t.equal(looks, 2)
  t.equal(asked(), 1)
  t.equal(refresher.outcomes().recovered, 1)
  const { tokenVersion } = await store.get(memberId) ?? { tokenVersion: 0 }
  await store.recordRefresh(memberId, { code: 'lost', at: 0, attempts: 1, nextTryAt: 0 }, tokenVersion)
  given.ahead.ms += 2000
  const late = recoveryOf(admin, {
    isAdmin: async () => {
      await store.recordRefresh(memberId, { code: 'unavailable', at: 0, attempts: 1, nextTryAt: 0 }, tokenVersion)
      return true
    }
  })
  await recover(late)
  t.equal(asked(), 1, 'somebody was faster while the portal was asked')
})

await t.test('recovery: keeps its pair beside an installation that brings the same refresh token', async t => {
  const given = ahead()
  const { recover, recoveryOf, alpha, store, memberId, service, sandbox, refresher } = await lostPortal(t, given)
  const recovery = recoveryOf(alpha.users.admin)
  sandbox.trouble.authorizationServerDelay = 200
  const recovering = recover(recovery)
  await until(() => sandbox.requests.some(({ name }) => name === 'app.info'))
  const row = await store.get(memberId) as Installation // as lostPortal has stored it
  await store.install({
    ...row,
    tokens: { accessToken: 'expired', refreshToken: recovery.refreshToken, expiresAt: 0 },
    isRefreshTokenCandidate: true
  }, Date.now())
  await recovering
  t.equal(refresher.outcomes().recovered, 1)
  const { tokens } = await store.get(memberId) as Installation // as before
  t.match(await service.holder(memberId, tokens?.accessToken), { refresh: null })
})

await t.test('recovery: asks about a person once in ten seconds', async t => {
  const given = ahead()
  const { recover, recoveryOf, alpha, asked } = await lostPortal(t, given)
  const { admin, employee } = alpha.users
  let questions = 0
  const curious = () => recoveryOf(employee, { isAdmin: async () => { questions++; return false } })
  for (let n = 0; n < 3; n++) await recover(curious())
  t.equal(questions, 1)
  given.ahead.ms += 10_001
  await recover(curious())
  t.equal(questions, 2)
  await recover(recoveryOf(admin))
  t.equal(asked(), 1, 'employees stand in no administrator\'s way')
})

await t.test('recovery: pauses ever longer for who brings nothing', async t => {
  const {
    recoveryOf, alpha, asked, refresh, sandbox: { trouble, clientId }, store, memberId, dependencies, refresher
  } = await lostPortal(t, ahead())
  const { admin } = alpha.users
  let clock = Date.now()
  const recover = createRecovery({ ...dependencies, refresher, clientId, leaseTime: 60_000, now: () => clock })
  const junk = () => recoveryOf(admin, { refreshToken: 'junk' })
  for (const [n, seconds] of [10, 60, 300, 1800, 1800].entries()) {
    for (let call = 0; call < 50; call++) await recover(junk())
    t.equal(asked(), n + 1)
    clock += seconds * 1000 - 1
    await recover(junk())
    t.equal(asked(), n + 1)
    clock++
  }
  await recover(junk())
  clock -= 7_200_000
  for (let call = 0; call < 2; call++) await recover(junk())
  t.equal(asked(), 7, 'a clock that is put back by hours keeps nobody out for hours')
  clock += 1_800_000
  trouble.authorizationServer = 'down'
  await t.rejects(recover(recoveryOf(admin)), { code: 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE' })
  await recover(recoveryOf(admin))
  t.equal(asked(), 8, 'a silent server is not asked with every call either')
  trouble.authorizationServer = 'none'
  await recover(recoveryOf({ ...admin, id: 2 }, { refreshToken: recoveryOf(alpha.users.employee).refreshToken }))
  t.equal(await refresh(), null, 'another person brings the pair')
  const row = await store.get(memberId)
  await store.recordRefresh(memberId, { code: 'lost', at: 0, attempts: 1, nextTryAt: 0 }, Number(row?.tokenVersion))
  await recover(recoveryOf({ ...admin, id: 2 }, { refreshToken: recoveryOf(alpha.users.employee).refreshToken }))
  t.equal(await refresh(), null, 'who has brought a pair may bring another one')
})

const minute = 60_000

/** Takes a call, and waits for what goes on in the background. */
function takeWith (options: Omit<Parameters<typeof createTakeCall>[0], 'background'>) {
  const background = createBackground(options.log)
  const take = createTakeCall({ ...options, background })
  return async (recovery: RecoveryCall) => {
    take(recovery)
    await background.close()
  }
}

/** Offers to a portal, and how often its row was looked at. */
async function callsFor (t: { after: (fn: () => unknown) => void }) {
  const ahead = { ms: 0 }
  const trouble = { isStoreDown: false }
  const looked = { times: 0 }
  const recovered: RecoveryCall[] = []
  const world = await worldFor(t, {
    ahead,
    around: store => ({
      ...store,
      async get (memberId): Promise<Installation | undefined> {
        looked.times++
        if (trouble.isStoreDown) throw new Error('restarting')
        return await store.get(memberId)
      }
    })
  })
  const { alpha } = world.sandbox.portals
  const { dependencies: { log }, store, now, memberId } = world
  const take = takeWith({ store, recover: async recovery => { recovered.push(recovery) }, log, now })
  const call = {
    memberId,
    clientId: '',
    domain: '',
    origin: '',
    clientEndpoint: '',
    serverEndpoint: '',
    scope: [],
    status: 'L',
    installed: true,
    userId: 1,
    expiresAt: 0,
    accessToken: ''
  }
  const recovery: RecoveryCall = { call, refreshToken: 'r', isAdmin: async () => true }
  const record = async (state: RefreshState) => {
    const row = await store.get(memberId)
    await store.recordRefresh(memberId, state, Number(row?.tokenVersion))
    looked.times = 0
  }
  return { ...world, alpha, ahead, trouble, looked, recovered, take, recovery, record }
}

await t.test('takeCall: looks at a portal that is well once a second', async t => {
  const { recovery, install, looked, store, dependencies: { log } } = await callsFor(t)
  const recovered: RecoveryCall[] = []
  let clock = Date.now()
  const take = takeWith({ store, recover: async recovery => { recovered.push(recovery) }, log, now: () => clock })
  await take(recovery)
  t.equal(looked.times, 1)
  await install()
  for (let n = 0; n < 3; n++) await take(recovery)
  t.equal(looked.times, 2)
  clock += 1001
  await take(recovery)
  t.equal(looked.times, 3)
  clock -= 7_200_000
  for (let n = 0; n < 3; n++) await take(recovery)
  t.equal(looked.times, 4, 'a clock that is put back by hours does not stop it for hours')
  t.strictSame(recovered, [])
})

await t.test('takeCall: offers every call to a portal whose pair is dead', async t => {
  const { take, recovery, install, record, recovered } = await callsFor(t)
  await install()
  await record({ code: 'lost', at: 0, attempts: 2, nextTryAt: Infinity })
  await take(recovery)
  await take(recovery)
  t.strictSame(recovered, [recovery, recovery])
})

await t.test('takeCall: lets a portal that refused be tried every five minutes', async t => {
  const { take, recovery, install, service, memberId, asked, sandbox: { trouble }, refresh, ahead, log } =
    await callsFor(t)
  await install()
  trouble.rest = 'unpaid'
  for (let n = 1; n < 20; n++) {
    await service.holder(memberId).catch(() => undefined)
    ahead.ms += minute
    await take(recovery)
  }
  t.equal(asked(), 5)
  t.match(await refresh(), { code: 'payment_required', attempts: 5 })
  trouble.rest = 'none'
  ahead.ms += 5 * minute
  await t.rejects(service.holder(memberId), { code: 'B24_ERR_PAYMENT_REQUIRED' })
  await take(recovery)
  await service.holder(memberId)
  t.equal(await refresh(), null)
  t.match(log.at(-1), ['info', /may be refreshed again/])
})

await t.test('takeCall: logs a store outage once, until it recovers', async t => {
  const { take, recovery, install, trouble, ahead, log, record, recovered } = await callsFor(t)
  await install()
  await record({ code: 'lost', at: 0, attempts: 2, nextTryAt: Infinity })
  for (const outages of [1, 2]) {
    trouble.isStoreDown = true
    for (let n = 0; n < 10; n++) await take(recovery)
    t.strictSame(log, Array.from({ length: outages }, () =>
      ['error', 'the store does not answer: until it does no call recovers tokens']))
    trouble.isStoreDown = false
    ahead.ms += 1001
    await take(recovery)
    t.equal(recovered.length, outages)
  }
})
