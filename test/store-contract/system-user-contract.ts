import assert from 'node:assert/strict'
import type { InstallationStore } from '../../src/store/installation-store.ts'
import { contractCase, type ContractCase } from './contract-case.ts'
import { full, fullRow, installed, memberId, moved, portal, refused, refreshed, tokens } from './contract-values.ts'

const userId = 512
const pair = { accessToken: 'system-access-token', refreshToken: 'system-refresh-token', expiresAt: 3_600_000 }

/** A store with an installation, and the pair of its system user, which came at 30. */
async function withSystemUser (open: () => Promise<InstallationStore>): Promise<InstallationStore> {
  const store = await full(open)
  assert.equal(await store.systemUsers.put(memberId, userId, pair, 30), true)
  return store
}

const stored = { ...portal, tokens: pair, tokenVersion: 1, refreshedAt: 30, refresh: null, userId, uninstalledAt: null }

/** What every store does with the pairs of system users. */
export const systemUserContract: Array<ContractCase<InstallationStore>> = [
  contractCase('the pair of a system user stands beside that of the administrator', async (open) => {
    const store = await withSystemUser(open)
    assert.deepEqual(await store.systemUsers.get(memberId), stored)
    assert.deepEqual(await store.get(memberId), fullRow)
    assert.equal(await store.systemUsers.get('another'), undefined)
  }),

  contractCase('a system user without an installation is not stored', async (open) => {
    const store = await full(open)
    await store.markUninstalled(memberId, 25)
    for (const id of [memberId, 'another']) {
      assert.equal(await store.systemUsers.put(id, userId, pair, 30), false)
      assert.equal((await store.systemUsers.get(id))?.tokens ?? null, null)
    }
  }),

  contractCase('a new pair of a system user takes the place of the one before', async (open) => {
    const store = await withSystemUser(open)
    await store.systemUsers.recordRefresh(memberId, refused, 1)
    assert.deepEqual(await store.systemUsers.get(memberId), { ...stored, refresh: refused })
    assert.equal(await store.systemUsers.put(memberId, 513, refreshed, 40), true)
    const second = { ...stored, tokens: refreshed, userId: 513, tokenVersion: 2, refreshedAt: 40 }
    assert.deepEqual(await store.systemUsers.get(memberId), second)
    await store.systemUsers.recordRefresh(memberId, refused, 1)
    assert.equal(await store.systemUsers.replaceTokens(memberId, pair, 50, 1), false)
    assert.deepEqual(await store.systemUsers.get(memberId), second, 'what knew the first changes nothing')
    assert.equal(await store.systemUsers.replaceTokens(memberId, pair, 50, 2), true)
    assert.deepEqual(await store.systemUsers.get(memberId), {
      ...second, tokens: pair, tokenVersion: 3, refreshedAt: 50
    })
  }),

  contractCase('of pairs of a system user at the same time one stays', async (open) => {
    const store = await full(open)
    const pairs = Array.from({ length: 10 }, (_, index) => ({ ...pair, refreshToken: `refresh-token-${index}` }))
    const put = await Promise.all(pairs.map((one) => store.systemUsers.put(memberId, userId, one, 30)))
    assert.ok(put.every(Boolean))
    assert.equal((await store.systemUsers.get(memberId))?.tokenVersion, 10)
  }),

  contractCase('the two pairs have a lease each', async (open) => {
    const store = await withSystemUser(open)
    assert.equal(await store.systemUsers.acquireTokenLease(memberId, 'one', 1000, 100), true)
    assert.equal(await store.acquireTokenLease(memberId, 'two', 1000, 100), true)
    assert.equal(await store.systemUsers.acquireTokenLease(memberId, 'three', 1900, 999), false)
    await store.releaseTokenLease(memberId, 'one')
    await store.systemUsers.releaseTokenLease(memberId, 'two')
    assert.equal(await store.systemUsers.acquireTokenLease(memberId, 'three', 1900, 999), false)
    await store.systemUsers.releaseTokenLease(memberId, 'one')
    assert.equal(await store.systemUsers.acquireTokenLease(memberId, 'three', 1900, 999), true)
  }),

  contractCase('what is installed once more keeps its system user, at its new address', async (open) => {
    const store = await withSystemUser(open)
    await store.install({ ...installed, ...moved, tokens: refreshed }, 40)
    assert.deepEqual(await store.systemUsers.get(memberId), { ...stored, ...moved })
  }),

  contractCase('an uninstall removes the pair of the system user for good', async (open) => {
    const store = await withSystemUser(open)
    await store.systemUsers.recordRefresh(memberId, refused, 1)
    await store.markUninstalled(memberId, 40)
    const removed = { tokens: null, userId: null, refreshedAt: null, refresh: null }
    assert.deepEqual(await store.systemUsers.get(memberId), {
      ...stored, ...removed, tokenVersion: 2, uninstalledAt: 40
    })
    assert.equal(await store.systemUsers.replaceTokens(memberId, pair, 50), false)
    assert.equal(await store.systemUsers.acquireTokenLease(memberId, 'one', 1000, 100), false)
    await store.systemUsers.recordRefresh(memberId, refused, 2)
    await store.install(installed, 60)
    assert.equal(await store.systemUsers.get(memberId), undefined, 'it was another installation')
    await store.systemUsers.put(memberId, 513, tokens, 70)
    assert.deepEqual(await store.systemUsers.get(memberId), {
      ...stored, tokens, userId: 513, tokenVersion: 3, refreshedAt: 70
    })
  }),

  contractCase('staleTokens of system users lists theirs only', async (open) => {
    const store = await open()
    for (const [index, id] of ['newer', 'older', 'stopped', 'without', 'gone'].entries()) {
      await store.install({ ...installed, memberId: id }, 1)
      if (id !== 'without') await store.systemUsers.put(id, userId, pair, 90 - 10 * index)
    }
    await store.systemUsers.recordRefresh('stopped', refused, 1)
    await store.markUninstalled('gone', 95)
    assert.deepEqual(await store.systemUsers.staleTokens(100, 100), ['older', 'newer'])
    assert.deepEqual(await store.systemUsers.staleTokens(90, 100), ['older'])
    assert.deepEqual(await store.staleTokens(100, 2), ['newer', 'older'], 'those of the administrators')
  })
]
