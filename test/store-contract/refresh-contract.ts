import assert from 'node:assert/strict'
import type { InstallationStore, RefreshState } from '../../src/store/installation-store.ts'
import { contractCase, type ContractCase } from './contract-case.ts'
import {
  full, installed, memberId, moved, pairOf, portal, refused, refreshed, tokens, tombstone, withoutTokens
} from './contract-values.ts'

const firstTime: RefreshState = { code: 'server_silent', at: 40, attempts: 1, nextTryAt: 100 }

/** What every store does with the refreshes of a token pair, and with the right to refresh it. */
export const refreshContract: Array<ContractCase<InstallationStore>> = [
  contractCase('a refused refresh is kept with its pair, until there is another pair', async (open) => {
    const store = await full(open)
    await store.recordRefresh(memberId, refused, 2)
    assert.deepEqual(await pairOf(store), { tokens, version: 1, refreshedAt: 10, refresh: null }, 'of another version')
    for (const state of [firstTime, refused]) {
      await store.recordRefresh(memberId, state, 1)
      assert.deepEqual(await pairOf(store), { tokens, version: 1, refreshedAt: 10, refresh: state })
    }
    await store.recordPortal(moved, 30)
    await store.install({ ...portal, ...withoutTokens }, 35)
    assert.deepEqual(await pairOf(store), {
      tokens, version: 1, refreshedAt: 10, refresh: refused
    }, 'neither brings a pair')
    await store.replaceTokens(memberId, refreshed, 40)
    assert.deepEqual(await pairOf(store), { tokens: refreshed, version: 2, refreshedAt: 40, refresh: null })
    await store.recordRefresh(memberId, refused, 2)
    await store.install(installed, 50)
    assert.deepEqual(await pairOf(store), { tokens, version: 3, refreshedAt: 50, refresh: null })
    await store.recordRefresh(memberId, refused, 3)
    await store.markUninstalled(memberId, 60)
    assert.deepEqual(await pairOf(store), { tokens: null, version: 4, refreshedAt: null, refresh: null })
  }),

  contractCase('one at a time has the right to refresh, until it gives it back or its time is over', async (open) => {
    const store = await full(open)
    assert.equal(await store.acquireTokenLease(memberId, 'one', 1000, 100), true)
    assert.equal(await store.acquireTokenLease(memberId, 'two', 1900, 999), false)
    assert.equal(await store.acquireTokenLease(memberId, 'one', 1900, 999), false, 'nor does who holds it get it twice')
    assert.equal(await store.acquireTokenLease(memberId, 'two', 2000, 1000), true, 'the time is over')
    await store.releaseTokenLease(memberId, 'one')
    assert.equal(await store.acquireTokenLease(memberId, 'one', 2900, 1500), false, 'it was not his to give back')
    await store.releaseTokenLease(memberId, 'two')
    assert.equal(await store.acquireTokenLease(memberId, 'one', 302_900, 301_500), true)
    assert.equal(await store.acquireTokenLease(memberId, 'two', 2900, 1500), false, 'his clock may be ahead')
    assert.equal(await store.acquireTokenLease(memberId, 'two', 2899, 1499), true, 'his clock was wrong')
    assert.deepEqual(await pairOf(store), {
      tokens, version: 1, refreshedAt: 10, refresh: null
    }, 'the pair is as it was')
  }),

  contractCase('of many who want to refresh at the same time one may', async (open) => {
    const store = await full(open)
    const leases = await Promise.all(Array.from({ length: 20 }, (_, index) =>
      store.acquireTokenLease(memberId, `owner-${index}`, 1000, 100)))
    assert.equal(leases.filter(Boolean).length, 1)
  }),

  contractCase('nobody refreshes what is uninstalled or unknown', async (open) => {
    const store = await tombstone(open)
    for (const id of [memberId, 'another']) assert.equal(await store.acquireTokenLease(id, 'one', 1000, 100), false)
    await store.releaseTokenLease('another', 'one')
  }),

  contractCase('staleTokens lists old pairs: least often refused first, then the oldest', async (open) => {
    const store = await open()
    const ages = {
      newer: 99, new: 100, older: 50, paused: 10, 'paused-often': 5, stopped: 20, gone: 30, b: 60, a: 60
    }
    for (const [id, at] of Object.entries(ages)) {
      await store.install({ ...installed, memberId: id }, at)
    }
    await store.install({ ...installed, ...withoutTokens, memberId: 'without' }, 10)
    await store.recordRefresh('paused', firstTime, 1)
    await store.recordRefresh('paused-often', { ...firstTime, attempts: 7 }, 1)
    await store.recordRefresh('stopped', refused, 1)
    await store.markUninstalled('gone', 40)
    assert.deepEqual(await store.staleTokens(100, 100), ['older', 'a', 'b', 'newer', 'paused', 'paused-often'])
    assert.deepEqual(await store.staleTokens(100, 2), ['older', 'a'])
    assert.deepEqual(await store.staleTokens(5, 100), [])
  })
]
