import assert from 'node:assert/strict'
import type { InstallationStore, RefreshState } from '../../src/store/installation-store.ts'
import { contractCase, type ContractCase } from './contract-case.ts'
import { fresh, full, handlerUrl, installed, memberId, moved, portal, refused, refreshed, report, tokens, tombstone, withoutTokens } from './contract-values.ts'

const firstTime: RefreshState = { code: 'server_silent', at: 40, attempts: 1, nextTryAt: 100 }

async function pairOf (store: InstallationStore) {
  const installation = await store.get(memberId)
  return installation && { tokens: installation.tokens, version: installation.tokenVersion, refreshedAt: installation.refreshedAt, refresh: installation.refresh }
}

const offered = async (store: InstallationStore) => ({ ...await pairOf(store), offered: (await store.get(memberId))?.candidateRefreshToken })

/** What every store does with the token pair of a portal, and with the right to refresh it. */
export const tokenContract: Array<ContractCase<InstallationStore>> = [
  contractCase('replaceTokens changes the token pair and nothing else', async (open) => {
    const store = await full(open)
    assert.equal(await store.replaceTokens(memberId, refreshed, 30), true)
    assert.deepEqual(await store.get(memberId), {
      ...installed, ...fresh, tokens: refreshed, handlerUrl, bindings: report, installedAt: 10, updatedAt: 30, tokenVersion: 2, refreshedAt: 30
    })
    assert.equal(await store.replaceTokens('another', refreshed, 30), false)
  }),

  contractCase('replaceTokens replaces the pair of the version that is expected, and no other', async (open) => {
    const store = await full(open)
    for (const other of [0, 2]) assert.equal(await store.replaceTokens(memberId, refreshed, 30, other), false)
    assert.deepEqual(await pairOf(store), { tokens, version: 1, refreshedAt: 10, refresh: null })
    assert.equal(await store.replaceTokens(memberId, refreshed, 30, 1), true)
    assert.deepEqual(await pairOf(store), { tokens: refreshed, version: 2, refreshedAt: 30, refresh: null })
  }),

  contractCase('of pairs for one version at the same time the first stays', async (open) => {
    const store = await full(open)
    const pairs = Array.from({ length: 10 }, (_, index) => ({ ...refreshed, refreshToken: `refresh-token-${index}` }))
    const replaced = await Promise.all(pairs.map((pair) => store.replaceTokens(memberId, pair, 30, 1)))
    assert.equal(replaced.filter(Boolean).length, 1)
    assert.deepEqual(await pairOf(store), { tokens: pairs[replaced.indexOf(true)], version: 2, refreshedAt: 30, refresh: null })
  }),

  contractCase('no pair ever has the version of another', async (open) => {
    const store = await tombstone(open)
    assert.equal(await store.replaceTokens(memberId, refreshed, 40, 1), false, 'it is uninstalled')
    await store.recordPortal(portal, 50)
    assert.equal(await store.replaceTokens(memberId, refreshed, 60, 1), false, 'the pair of the time before')
    await store.install(installed, 70)
    assert.deepEqual(await pairOf(store), { tokens, version: 3, refreshedAt: 70, refresh: null })
  }),

  contractCase('a refresh token that an installation offers stands beside the one before', async (open) => {
    const store = await full(open)
    await store.recordRefresh(memberId, refused, 1)
    const offer = { ...installed, tokens: refreshed, isRefreshTokenCandidate: true }
    await store.install(offer, 30)
    const kept = { tokens: { ...refreshed, refreshToken: tokens.refreshToken }, refreshedAt: 10, refresh: null }
    assert.deepEqual(await offered(store), { ...kept, version: 2, offered: refreshed.refreshToken })
    await store.recordPortal(moved, 31)
    await store.install({ ...offer, tokens: null }, 32)
    assert.deepEqual(await offered(store), { ...kept, version: 2, offered: refreshed.refreshToken }, 'neither brings a pair')
    await store.install({ ...offer, tokens: { ...refreshed, refreshToken: 'third-refresh-token' } }, 33)
    assert.deepEqual(await offered(store), { ...kept, version: 3, offered: 'third-refresh-token' })
    await store.replaceTokens(memberId, refreshed, 40)
    assert.deepEqual(await offered(store), { tokens: refreshed, version: 4, refreshedAt: 40, refresh: null, offered: undefined })
  }),

  contractCase('replaceTokens keeps what is offered only when it is told to', async (open) => {
    const store = await full(open)
    await store.replaceTokens(memberId, refreshed, 30, 1, 'candidate-refresh-token')
    assert.deepEqual(await offered(store), { tokens: refreshed, version: 2, refreshedAt: 30, refresh: null, offered: 'candidate-refresh-token' })
    await store.install({ ...installed, userId: 2 }, 40)
    assert.deepEqual(await offered(store), { tokens, version: 3, refreshedAt: 40, refresh: null, offered: undefined }, 'a pair that is not only offered')
  }),

  contractCase('a refresh token that is offered where there is none is the one to use', async (open) => {
    const store = await open()
    const offer = { ...installed, isRefreshTokenCandidate: true }
    await store.recordPortal(portal, 5)
    await store.install(offer, 10)
    assert.deepEqual(await offered(store), { tokens, version: 1, refreshedAt: 10, refresh: null, offered: undefined })
    await store.install({ ...offer, tokens: refreshed }, 20)
    await store.markUninstalled(memberId, 30)
    assert.deepEqual(await offered(store), { tokens: null, version: 3, refreshedAt: null, refresh: null, offered: undefined })
    await store.install({ ...offer, tokens: refreshed }, 40)
    assert.deepEqual((await store.get(memberId))?.tokens, refreshed, 'that of a tombstone does not stay')
  }),

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
    assert.deepEqual(await pairOf(store), { tokens, version: 1, refreshedAt: 10, refresh: refused }, 'neither brings a pair')
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
    assert.equal(await store.acquireTokenLease(memberId, 'one', 2900, 1500), true)
    assert.deepEqual(await pairOf(store), { tokens, version: 1, refreshedAt: 10, refresh: null }, 'the pair is as it was')
  }),

  contractCase('of many who want to refresh at the same time one may', async (open) => {
    const store = await full(open)
    const leases = await Promise.all(Array.from({ length: 20 }, (_, index) => store.acquireTokenLease(memberId, `owner-${index}`, 1000, 100)))
    assert.equal(leases.filter(Boolean).length, 1)
  }),

  contractCase('nobody refreshes what is uninstalled or unknown', async (open) => {
    const store = await tombstone(open)
    for (const id of [memberId, 'another']) assert.equal(await store.acquireTokenLease(id, 'one', 1000, 100), false)
    await store.releaseTokenLease('another', 'one')
  }),

  contractCase('staleTokens names who was not refreshed for long: refused least often first, then the oldest', async (open) => {
    const store = await open()
    for (const [id, at] of [['newer', 99], ['new', 100], ['older', 50], ['paused', 10], ['paused-often', 5], ['stopped', 20], ['gone', 30], ['b', 60], ['a', 60]] as const) {
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
