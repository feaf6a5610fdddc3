import t from 'tap'
import { underLease } from '../../../plugins/tokens/lease.ts'
import { worldFor } from './world.ts'

await t.test('work runs for one owner at a time, and the lease is given back however it ends', async t => {
  const { store, memberId, install, now } = await worldFor(t)
  await install()
  const options = { store, leaseTime: 60_000, now }
  t.equal(await underLease(memberId, options, async () => await underLease(memberId, options, async () => 'second')), undefined)
  await t.rejects(underLease(memberId, options, async () => { throw new Error('failed') }), { message: 'failed' })
  t.equal(await underLease(memberId, options, async () => 'next'), 'next')
})

await t.test('a lease that cannot be taken is the silence of the store, one that cannot be given back harms nobody', async t => {
  const { store, memberId, install, now } = await worldFor(t)
  await install()
  const broken = async () => { throw new Error('disk full') }
  const work = async () => 'done'
  await t.rejects(underLease(memberId, { store: { ...store, acquireTokenLease: broken }, leaseTime: 1, now }, work), { code: 'B24_ERR_STORE_UNAVAILABLE', cause: { message: 'disk full' } })
  t.equal(await underLease(memberId, { store: { ...store, releaseTokenLease: broken }, leaseTime: 1, now }, work), 'done')
})
