import t from 'tap'
import { renewUnused, type KeepAliveOptions } from '../../../src/tokens/keep-alive.ts'
import { worldFor } from './world.ts'

const day = 24 * 3_600_000

async function sleepingPortal (t: { after: (fn: () => unknown) => void }, days: number) {
  const world = await worldFor(t, { ahead: { ms: days * day } })
  await world.install()
  const { store, renewer, now } = world
  const options: KeepAliveOptions = { store, renewer, now, pause: 40, leaseTime: 1000 }
  return { ...world, options, look: (signal = new AbortController().signal) => renewUnused(signal, options) }
}

await t.test('a pair that nobody used for 150 days is renewed, and then left alone', async t => {
  const { look, asked, store, memberId } = await sleepingPortal(t, 150.1)
  t.equal(await look(), true)
  t.equal(asked(), 1)
  t.equal((await store.get(memberId))?.tokenVersion, 2)
  t.equal(await look(), false)
  t.equal(asked(), 1)
})

await t.test('a younger pair is not renewed', async t => {
  const { look, asked } = await sleepingPortal(t, 149.9)
  t.equal(await look(), false)
  t.equal(asked(), 0)
})

await t.test('however many processes look, one renews', async t => {
  const { look, asked } = await sleepingPortal(t, 151)
  const outcomes = await Promise.all(Array.from({ length: 5 }, () => look()))
  t.strictSame(outcomes.filter(Boolean), [true])
  t.equal(asked(), 1)
})

await t.test('what somebody renewed during the pause is not renewed again', async t => {
  const { look, asked, store, memberId, now } = await sleepingPortal(t, 151)
  const looking = look()
  await store.replaceTokens(memberId, { accessToken: 'a', refreshToken: 'b', expiresAt: 1 }, now())
  t.equal(await looking, true)
  t.equal(asked(), 0)
})

await t.test('a portal that refused is left alone until its pause is over', async t => {
  const { look, asked, store, memberId, now } = await sleepingPortal(t, 151)
  await store.recordRenewal(memberId, { code: 'payment_required', at: 0, attempts: 1, nextTryAt: now() + day }, 1)
  t.equal(await look(), false)
  await store.recordRenewal(memberId, { code: 'payment_required', at: 0, attempts: 1, nextTryAt: now() }, 1)
  t.equal(await look(), true)
  t.equal(asked(), 1)
})

await t.test('a service that ends renews nothing more', async t => {
  const { look, asked, options } = await sleepingPortal(t, 151)
  options.pause = 60_000
  const closing = new AbortController()
  const looking = look(closing.signal)
  setTimeout(() => closing.abort(), 20)
  t.equal(await looking, false)
  t.equal(asked(), 0)
})
