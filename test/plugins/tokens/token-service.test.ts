import t from 'tap'
import { createRefresher } from '../../../plugins/tokens/refresher.ts'
import { createTokenService, underLease } from '../../../plugins/tokens/token-service.ts'
import { serverFor } from '../../servers.ts'
import { until } from '../../until.ts'
import { worldFor } from './world.ts'

const minute = 60_000

await t.test('holder: hands a token out that is good for a minute', async t => {
  const { service, install, memberId, asked } = await worldFor(t)
  const { accessToken } = await install(70)
  t.equal((await service.holder(memberId)).tokens.accessToken, accessToken)
  t.equal(asked(), 0)
})

await t.test('holder: refreshes once for all callers in all processes', async t => {
  const { service, another, install, memberId, asked, store, refresher, sandbox, now } = await worldFor(t)
  sandbox.trouble.authorizationServerDelay = 100
  const { accessToken } = await install(50)
  const holders = await Promise.all([service, another(), another()].flatMap(service =>
    Array.from({ length: 20 }, () => service.holder(memberId))))
  const tokens = new Set(holders.map(({ tokens }) => tokens.accessToken))
  t.equal(tokens.size, 1)
  t.notOk(tokens.has(accessToken))
  t.equal(asked(), 1)
  t.equal(refresher.outcomes().refreshed, 1)
  const stored = await store.get(memberId)
  t.equal(stored?.tokens?.accessToken, [...tokens][0])
  t.equal(stored?.tokenVersion, 2)
  t.ok(await store.acquireTokenLease(memberId, 'next', now() + 1, now()), 'the lease is given back')
})

await t.test('holder: refreshes a refused token, and only that one', async t => {
  const { service, install, memberId, asked } = await worldFor(t, { ahead: { ms: 5.1 * minute } })
  const { accessToken } = await install(3600)
  const refreshed = await service.holder(memberId, accessToken)
  t.not(refreshed.tokens.accessToken, accessToken)
  t.equal((await service.holder(memberId, accessToken)).tokens.accessToken, refreshed.tokens.accessToken)
  t.equal(asked(), 1)
})

await t.test('holder: refreshes a refused token that a clock far ahead calls new', async t => {
  const { service, install, memberId, store, now } = await worldFor(t)
  await install()
  const { tokens } = await service.holder(memberId)
  const later = now() + 180 * minute
  await store.replaceTokens(memberId, { ...tokens, expiresAt: later + 60 * minute }, later)
  t.not((await service.holder(memberId, tokens.accessToken)).tokens.accessToken, tokens.accessToken)
})

await t.test('holder: waits for a dead lease, and takes it over', async t => {
  const { service, install, memberId, store, now, asked } = await worldFor(t)
  await install()
  const start = now()
  await store.acquireTokenLease(memberId, 'dead', start + 300, start)
  await service.holder(memberId)
  t.ok(now() - start >= 300)
  t.equal(asked(), 1)
})

await t.test('holder: learns of the outcome while the lease is still held', async t => {
  const { service, install, memberId, store, now, asked } = await worldFor(t)
  await install()
  await store.acquireTokenLease(memberId, 'other', now() + 60_000, now())
  const pair = { accessToken: 'new', refreshToken: 'new', expiresAt: now() + 3_600_000 }
  const waiting = service.holder(memberId)
  await store.replaceTokens(memberId, pair, now())
  t.strictSame((await waiting).tokens, pair)
  await store.replaceTokens(memberId, pair, now() - 6 * minute)
  const refused = service.holder(memberId, 'new')
  await store.recordRefresh(memberId, { code: 'lost', at: 0, attempts: 1, nextTryAt: Infinity }, 3)
  await t.rejects(refused, { code: 'B24_ERR_TOKENS_LOST' })
  t.equal(asked(), 0)
})

await t.test('holder: believes who refreshed between look and lease', async t => {
  const { install, memberId, store, now, asked, refresher } = await worldFor(t)
  await install()
  const pair = { accessToken: 'new', refreshToken: 'new', expiresAt: now() + 3_600_000 }
  const service = createTokenService({
    refresher,
    leaseTime: 1000,
    patience: 5000,
    now,
    store: {
      ...store,
      async acquireTokenLease (...args) {
        await store.replaceTokens(memberId, pair, now())
        return await store.acquireTokenLease(...args)
      }
    }
  })
  t.strictSame((await service.holder(memberId)).tokens, pair)
  t.equal(asked(), 0)
})

await t.test('holder: stops waiting for a lease that is never given back', async t => {
  const { install, memberId, store, now, service } = await worldFor(t, { patience: 200 })
  await install()
  await store.acquireTokenLease(memberId, 'other', now() + 60_000, now())
  await t.rejects(service.holder(memberId), { code: 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE' })
})

await t.test('holder: rejects without a store', async t => {
  const broken = async () => { throw new Error('disk full') }
  const first = await worldFor(t, { around: store => ({ ...store, get: broken }) })
  await first.install()
  await t.rejects(first.service.holder(first.memberId), {
    code: 'B24_ERR_STORE_UNAVAILABLE', cause: { message: 'disk full' }
  })
  const second = await worldFor(t, { around: store => ({ ...store, acquireTokenLease: broken }) })
  await second.install()
  await t.rejects(second.service.holder(second.memberId), { code: 'B24_ERR_STORE_UNAVAILABLE' })
  const third = await worldFor(t, { around: store => ({ ...store, releaseTokenLease: broken }) })
  await third.install()
  await t.resolves(third.service.holder(third.memberId))
})

await t.test('tokens: close after every refresh under way', async t => {
  const { service, install, memberId, store, sandbox } = await worldFor(t)
  await service.close()
  const { accessToken } = await install()
  sandbox.trouble.authorizationServerDelay = 200
  const asking = service.holder(memberId)
  await until(() => sandbox.requests.length > 0)
  await service.close()
  t.not((await store.get(memberId))?.tokens?.accessToken, accessToken)
  await asking
})

await t.test('holder: refreshes once in five minutes for a portal that refuses', async t => {
  const ahead = { ms: 0 }
  const { service, install, memberId, asked } = await worldFor(t, { ahead })
  let { accessToken } = await install(3600)
  for (let n = 0; n < 5; n++) t.equal((await service.holder(memberId, accessToken)).tokens.accessToken, accessToken)
  t.equal(asked(), 0)
  for (const refreshes of [1, 2]) {
    ahead.ms += 5 * minute
    for (let n = 0; n < 5; n++) ({ tokens: { accessToken } } = await service.holder(memberId, accessToken))
    t.equal(asked(), refreshes)
  }
})

await t.test('holder: rejects a late caller, and goes on with the refresh', async t => {
  const pair = { accessToken: 'new', refreshToken: 'new', expiresAt: Date.now() + 3_600_000 }
  let asked = 0
  let answer = () => {}
  const { service, install, memberId, store } = await worldFor(t, {
    patience: 1000,
    refreshAnswer: async () => await new Promise(resolve => {
      asked++
      answer = () => resolve({ ok: { ...pair, isProven: true } })
    })
  })
  await install()
  await t.rejects(service.holder(memberId), { code: 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE' })
  const second = service.holder(memberId)
  const closing = service.close()
  answer()
  t.strictSame((await second).tokens, pair)
  await closing
  t.strictSame((await store.get(memberId))?.tokens, pair)
  t.equal(asked, 1)
})

await t.test('holder: keeps servers apart, and forgets callers who left', async t => {
  let asked = 0
  const silentServer = await serverFor(t, () => { asked++ })
  const { install, memberId, store, dependencies, now } = await worldFor(t, { refreshTimeout: 5000 })
  const { accessToken } = await install()
  const refresher = createRefresher({ ...dependencies, servers: [...dependencies.servers, silentServer] })
  const service = createTokenService({ store, refresher, leaseTime: 6000, patience: 3000, now })
  const row = await store.get(memberId)
  const portals = Array.from({ length: 10 }, (_, n) => `portal-${n}`)
  for (const id of portals) {
    await store.install({
      memberId: id,
      domain: '',
      clientEndpoint: '',
      serverEndpoint: `${silentServer}/rest/`,
      scope: [],
      status: 'L',
      applicationToken: null,
      tokens: row?.tokens ?? null,
      userId: 1
    }, 0)
  }
  const leaving = Promise.all(portals.map(id => t.rejects(service.holder(id), {
    code: 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE'
  })))
  await until(() => asked === 8)
  t.not((await service.holder(memberId)).tokens.accessToken, accessToken)
  const pair = { accessToken: 'new', refreshToken: 'new', expiresAt: now() + 3_600_000 }
  await store.replaceTokens('portal-9', pair, now())
  t.strictSame((await service.holder('portal-9')).tokens, pair, 'what another process has refreshed is found, ' +
    'although the refresh here has to wait')
  await leaving
  await service.close()
  t.equal(asked, 8, 'nobody asks for callers who have left')
})

await t.test('underLease: runs one owner at a time, and gives the lease back', async t => {
  const { store, memberId, install, now } = await worldFor(t)
  await install()
  const options = { store, leaseTime: 60_000, now }
  t.equal(
    await underLease(memberId, options, async () => await underLease(memberId, options, async () => 'second')),
    undefined
  )
  await t.rejects(underLease(memberId, options, async () => { throw new Error('failed') }), { message: 'failed' })
  t.equal(await underLease(memberId, options, async () => 'next'), 'next')
})

await t.test('underLease: rejects when the store cannot give a lease', async t => {
  const { store, memberId, install, now } = await worldFor(t)
  await install()
  const broken = async () => { throw new Error('disk full') }
  const work = async () => 'done'
  await t.rejects(underLease(memberId, { store: { ...store, acquireTokenLease: broken }, leaseTime: 1, now }, work), {
    code: 'B24_ERR_STORE_UNAVAILABLE', cause: { message: 'disk full' }
  })
  t.equal(
    await underLease(memberId, { store: { ...store, releaseTokenLease: broken }, leaseTime: 1, now }, work), 'done'
  )
})
