import assert from 'node:assert/strict'
import type { InstallationStore } from '../../src/store/installation-store.ts'
import { contractCase, type ContractCase } from './contract-case.ts'
import {
  full, fullRow, installed, memberId, moved, pairOf, portal, refused, refreshed, tokens, tombstone
} from './contract-values.ts'
import { refreshContract } from './refresh-contract.ts'

const offered = async (store: InstallationStore) =>
  ({ ...await pairOf(store), offered: (await store.get(memberId))?.candidateRefreshToken })

/** What every store does with the token pair of a portal, and with the right to refresh it. */
export const tokenContract: Array<ContractCase<InstallationStore>> = [
  contractCase('replaceTokens changes the token pair and nothing else', async (open) => {
    const store = await full(open)
    assert.equal(await store.replaceTokens(memberId, refreshed, 30), true)
    assert.deepEqual(await store.get(memberId), {
      ...fullRow, tokens: refreshed, updatedAt: 30, tokenVersion: 2, refreshedAt: 30
    })
    assert.equal(await store.replaceTokens('another', refreshed, 30), false)
  }),

  contractCase('replaceTokens says whose a pair of somebody else is', async (open) => {
    const store = await full(open)
    assert.equal(await store.replaceTokens(memberId, { ...refreshed, userId: 77 }, 30), true)
    assert.deepEqual(await store.get(memberId), {
      ...fullRow, tokens: refreshed, userId: 77, updatedAt: 30, tokenVersion: 2, refreshedAt: 30
    })
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
    assert.deepEqual(await pairOf(store), {
      tokens: pairs[replaced.indexOf(true)], version: 2, refreshedAt: 30, refresh: null
    })
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
    assert.deepEqual(await offered(store), {
      ...kept, version: 2, offered: refreshed.refreshToken
    }, 'neither brings a pair')
    await store.install({ ...offer, tokens: { ...refreshed, refreshToken: 'third-refresh-token' } }, 33)
    assert.deepEqual(await offered(store), { ...kept, version: 3, offered: 'third-refresh-token' })
    await store.replaceTokens(memberId, refreshed, 40)
    assert.deepEqual(await offered(store), {
      tokens: refreshed, version: 4, refreshedAt: 40, refresh: null, offered: undefined
    })
  }),

  contractCase('replaceTokens keeps what is offered only when it is told to', async (open) => {
    const store = await full(open)
    await store.replaceTokens(memberId, refreshed, 30, 1, 'candidate-refresh-token')
    assert.deepEqual(await offered(store), {
      tokens: refreshed, version: 2, refreshedAt: 30, refresh: null, offered: 'candidate-refresh-token'
    })
    await store.install({ ...installed, userId: 2 }, 40)
    assert.deepEqual(await offered(store), {
      tokens, version: 3, refreshedAt: 40, refresh: null, offered: undefined
    }, 'a pair that is not only offered')
  }),

  contractCase('a refresh token that is offered where there is none is the one to use', async (open) => {
    const store = await open()
    const offer = { ...installed, isRefreshTokenCandidate: true }
    await store.recordPortal(portal, 5)
    await store.install(offer, 10)
    assert.deepEqual(await offered(store), { tokens, version: 1, refreshedAt: 10, refresh: null, offered: undefined })
    await store.install({ ...offer, tokens: refreshed }, 20)
    await store.markUninstalled(memberId, 30)
    assert.deepEqual(await offered(store), {
      tokens: null, version: 3, refreshedAt: null, refresh: null, offered: undefined
    })
    await store.install({ ...offer, tokens: refreshed }, 40)
    assert.deepEqual((await store.get(memberId))?.tokens, refreshed, 'that of a tombstone does not stay')
  }),

  ...refreshContract
]
