import t from 'tap'
import type { Installation, RefreshState } from '../../../src/store/installation-store.ts'
import { createRecoveries } from '../../../plugins/tokens/recovery-offers.ts'
import type { RecoveryCall } from '../../../plugins/tokens/recovery.ts'
import { worldFor } from './world.ts'

const minute = 60_000

/** Offers to a portal, and how often its row was looked at. */
async function offersFor (t: { after: (fn: () => unknown) => void }) {
  const ahead = { ms: 0 }
  const trouble = { isStoreAway: false }
  const looked = { times: 0 }
  const recovered: RecoveryCall[] = []
  const world = await worldFor(t, {
    ahead,
    around: store => ({
      ...store,
      async get (memberId): Promise<Installation | undefined> {
        looked.times++
        if (trouble.isStoreAway) throw new Error('restarting')
        return await store.get(memberId)
      }
    })
  })
  const { alpha } = world.sandbox.portals
  const { dependencies: { log }, store, now, memberId } = world
  const take = createRecoveries({ store, recover: async offer => { recovered.push(offer) }, log, now })
  const caller = {
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
  const offer: RecoveryCall = { caller, refreshToken: 'r', isAdmin: async () => true }
  const record = async (state: RefreshState) => {
    const row = await store.get(memberId)
    await store.recordRefresh(memberId, state, Number(row?.tokenVersion))
    looked.times = 0
  }
  return { ...world, alpha, ahead, trouble, looked, recovered, take, offer, record }
}

await t.test('a portal that is well or unknown is offered nothing, and is looked at once a second', async t => {
  const { offer, install, looked, store, dependencies: { log } } = await offersFor(t)
  const recovered: RecoveryCall[] = []
  let clock = Date.now()
  const take = createRecoveries({ store, recover: async offer => { recovered.push(offer) }, log, now: () => clock })
  await take(offer)
  t.equal(looked.times, 1)
  await install()
  for (let n = 0; n < 3; n++) await take(offer)
  t.equal(looked.times, 2)
  clock += 1001
  await take(offer)
  t.equal(looked.times, 3)
  t.strictSame(recovered, [])
})

await t.test('a portal whose pair is dead is offered every call', async t => {
  const { take, offer, install, record, recovered } = await offersFor(t)
  await install()
  await record({ code: 'lost', at: 0, attempts: 2, nextTryAt: Infinity })
  await take(offer)
  await take(offer)
  t.strictSame(recovered, [offer, offer])
})

await t.test('a portal that has paid is refreshed after its next call, and one that has not is asked about once in five minutes', async t => {
  const { take, offer, install, service, memberId, asked, sandbox: { trouble }, refresh, ahead, log } = await offersFor(t)
  await install()
  trouble.rest = 'unpaid'
  for (let n = 1; n < 20; n++) {
    await service.holder(memberId).catch(() => undefined)
    ahead.ms += minute
    await take(offer)
  }
  t.equal(asked(), 5)
  t.match(await refresh(), { code: 'payment_required', attempts: 5 })
  trouble.rest = 'none'
  ahead.ms += 5 * minute
  await t.rejects(service.holder(memberId), { code: 'B24_ERR_PAYMENT_REQUIRED' })
  await take(offer)
  await service.holder(memberId)
  t.equal(await refresh(), null)
  t.match(log.at(-1), ['info', /may be refreshed again/])
})

await t.test('a store that is away is named once, until it is back', async t => {
  const { take, offer, install, trouble, ahead, log, record, recovered } = await offersFor(t)
  await install()
  await record({ code: 'lost', at: 0, attempts: 2, nextTryAt: Infinity })
  for (const outages of [1, 2]) {
    trouble.isStoreAway = true
    for (let n = 0; n < 10; n++) await take(offer)
    t.strictSame(log, Array.from({ length: outages }, () => ['error', 'the store does not answer: until it does no call brings tokens back']))
    trouble.isStoreAway = false
    ahead.ms += 1001
    await take(offer)
    t.equal(recovered.length, outages)
  }
})
