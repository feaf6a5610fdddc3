import t from 'tap'
import type { InstallationStore } from '../../../src/store/installation-store.ts'
import { refreshUnused, type KeepAliveOptions } from '../../../plugins/tokens/keep-alive.ts'
import { until } from '../../until.ts'
import { worldFor, type Given } from './world.ts'

const day = 24 * 3_600_000

async function sleepingPortal (t: { after: (fn: () => unknown) => void }, days: number, given: Given = {}) {
  const ahead = { ms: days * day }
  const world = await worldFor(t, { ...given, ahead })
  await world.install()
  const { store, refresher, now, dependencies: { log } } = world
  const options: KeepAliveOptions = { store, refresher, log, now, pause: 40, leaseTime: 60_000 }
  return { ...world, ahead, options, look: (signal = new AbortController().signal) => refreshUnused(signal, options) }
}

await t.test('refreshUnused: refreshes a pair once after 150 days', async t => {
  const { look, asked, store, memberId } = await sleepingPortal(t, 150.1)
  t.equal(await look(), true)
  t.equal(asked(), 1)
  t.equal((await store.get(memberId))?.tokenVersion, 2)
  t.equal(await look(), false)
  t.equal(asked(), 1)
})

await t.test('refreshUnused: drops a pair of another portal', async t => {
  const { look, store, memberId, now, refresh, sandbox: { portals: { beta } } } = await sleepingPortal(t, 151)
  const { accessToken, refreshToken } = beta.grant(beta.users.admin)
  await store.replaceTokens(memberId, { accessToken: 'expired', refreshToken, expiresAt: 0 }, now() - 151 * day)
  await t.rejects(look(), { code: 'B24_ERR_TOKENS_LOST' })
  t.match(await refresh(), { code: 'lost' })
  t.match((await store.get(memberId))?.tokens, { accessToken: 'expired', refreshToken })
  t.not((await store.get(memberId))?.tokens?.accessToken, accessToken)
})

await t.test('refreshUnused: passes a pair that an uninstall has left', async t => {
  const left: string[] = []
  const { look, install, sandbox, memberId } = await sleepingPortal(t, 151, {
    around: store => ({
      ...store,
      async get (id) {
        const row = await store.get(id)
        return row && { ...row, ...(left.includes(id) && { uninstalledAt: 1 }) }
      }
    })
  })
  left.push(memberId)
  const [portal] = sandbox.addPortals(1)
  await install(-60, portal)
  t.equal(await look(), true)
  t.strictSame(sandbox.requests.map(request => request.memberId), [portal?.memberId])
})

await t.test('refreshUnused: leaves a younger pair alone', async t => {
  const { look, asked } = await sleepingPortal(t, 149.9)
  t.equal(await look(), false)
  t.equal(asked(), 0)
})

await t.test('refreshUnused: refreshes once, however many processes look', async t => {
  const { look, asked } = await sleepingPortal(t, 151)
  const outcomes = await Promise.all(Array.from({ length: 5 }, () => look()))
  t.strictSame(outcomes.filter(Boolean), [true])
  t.equal(asked(), 1)
})

await t.test('refreshUnused: keeps half a pause between any two refreshes', async t => {
  const { look, options, sandbox, install } = await sleepingPortal(t, 151)
  options.pause = 300
  for (const portal of sandbox.addPortals(3)) await install(-60, portal)
  const isDone = () => sandbox.requests.filter(({ name }) => name === 'refresh_token').length === 4
  const process = async () => { while (!isDone()) await look() }
  await Promise.all([process(), process(), process()])
  const refreshes = sandbox.requests.filter(({ name }) => name === 'refresh_token')
  t.equal(new Set(refreshes.map(({ memberId }) => memberId)).size, 4)
  // A timer may be two milliseconds early.
  for (const [n, { at }] of refreshes.slice(1).entries()) t.ok(at - Number(refreshes[n]?.at) >= 148)
})

await t.test('refreshUnused: holds no lease during the pause', async t => {
  const { look, options, service, memberId, asked } = await sleepingPortal(t, 151)
  options.pause = 60_000
  const closing = new AbortController()
  const looking = look(closing.signal)
  await service.holder(memberId)
  closing.abort()
  t.equal(await looking, false)
  t.equal(asked(), 1)
})

await t.test('refreshUnused: leaves what was refreshed or tried meanwhile', async t => {
  const changes: Array<(store: InstallationStore, memberId: string, now: number) => Promise<unknown>> = [
    (store, memberId, now) => store.replaceTokens(memberId, { accessToken: 'a', refreshToken: 'b', expiresAt: 1 }, now),
    (store, memberId, now) =>
      store.recordRefresh(memberId, { code: 'unavailable', at: now, attempts: 1, nextTryAt: now }, 1)
  ]
  for (const change of changes) {
    const { look, asked, store, memberId, now, options } = await sleepingPortal(t, 151)
    let looks = 0
    options.store = {
      ...store,
      async staleTokens (...args) {
        if (++looks === 2) await change(store, memberId, now())
        return await store.staleTokens(...args)
      }
    }
    t.equal(await look(), false)
    t.equal(looks, 2)
    t.equal(asked(), 0)
  }
})

await t.test('refreshUnused: leaves what somebody else is refreshing', async t => {
  const refreshing = await sleepingPortal(t, 151)
  await refreshing.store.acquireTokenLease(refreshing.memberId, 'other', refreshing.now() + 60_000, refreshing.now())
  t.equal(await refreshing.look(), false)
  t.equal(refreshing.asked(), 0)
  const { look, asked, store, memberId, now, options } = await sleepingPortal(t, 151)
  options.store = {
    ...store,
    async acquireTokenLease (...args) {
      await store.replaceTokens(memberId, { accessToken: 'a', refreshToken: 'b', expiresAt: 1 }, now())
      return await store.acquireTokenLease(...args)
    }
  }
  t.equal(await look(), false)
  t.equal(asked(), 0)
})

await t.test('refreshUnused: leaves a portal that refused until its pause is over', async t => {
  const { look, asked, store, memberId, now } = await sleepingPortal(t, 151)
  await store.recordRefresh(memberId, { code: 'payment_required', at: 0, attempts: 1, nextTryAt: now() + day }, 1)
  t.equal(await look(), false)
  await store.recordRefresh(memberId, { code: 'payment_required', at: 0, attempts: 1, nextTryAt: now() }, 1)
  t.equal(await look(), true)
  t.equal(asked(), 1)
})

await t.test('refreshUnused: is not blocked by unreadable rows and refusals', async t => {
  const { look, install, ahead, sandbox, store, asked, log, refresher } = await sleepingPortal(t, 151, {
    around: store => ({
      ...store,
      async staleTokens (...args) { return ['gone', ...await store.staleTokens(...args)] },
      async get (memberId) {
        const row = await store.get(memberId)
        if (row?.domain === 'broken') throw new SyntaxError('no JSON')
        return row?.domain === 'unreadable' ? { ...row, tokens: null } : row
      }
    })
  })
  const portals = sandbox.addPortals(12)
  for (const [n, portal] of portals.entries()) {
    await install(-60, portal)
    if (n < 11) {
      await store.recordPortal({
        memberId: portal.memberId,
        domain: n === 0
          ? 'broken'
          : 'unreadable',
        clientEndpoint: '',
        serverEndpoint: '',
        scope: [],
        status: 'L'
      }, 1)
    }
  }
  portals.at(-1)?.uninstall()
  const outcomes: unknown[] = []
  for (let n = 0; n < 5; n++) outcomes.push(await look().catch(error => error.code))
  t.strictSame(outcomes.filter(outcome => outcome !== false).sort(), ['B24_ERR_NOT_INSTALLED', true])
  t.equal(asked(), 2)
  t.match(refresher.errors(), { unreadable: 10, not_installed: 1 })
  t.ok(log.some(([level, message]) => level === 'error' && /could not be read/.test(message)))
  ahead.ms += 1.5 * 60_000
  await look().catch(() => undefined)
  t.ok(refresher.errors().unreadable > 10, 'they are looked at again after a pause')
})

await t.test('refreshUnused: refreshes nothing when aborted', async t => {
  const { look, asked, options, store } = await sleepingPortal(t, 151)
  options.pause = 60_000
  let looks = 0
  options.store = { ...store, staleTokens: async (...args) => { looks++; return await store.staleTokens(...args) } }
  const closing = new AbortController()
  const looking = look(closing.signal)
  await until(() => looks === 1)
  closing.abort()
  t.equal(await looking, false)
  t.equal(asked(), 0)
})
