import assert from 'node:assert/strict'
import type { InstallationStore } from '../../src/store/installation-store.ts'
import { contractCase, type ContractCase } from './contract-case.ts'
import {
  burnedPair, fresh, full, fullRow, handlerUrl, installed, memberId, moved, otherHost, portal, refused,
  refreshed, report, tokens, tombstone, withoutTokens
} from './contract-values.ts'

const changes: Record<string, (store: InstallationStore) => Promise<unknown>> = {
  recordBindings: (store) => store.recordBindings(memberId, 'https://late.example.com/', report, 90),
  rememberHost: (store) => store.rememberHost(memberId, otherHost, 90),
  replaceTokens: (store) => store.replaceTokens(memberId, refreshed, 90),
  recordRefresh: (store) => store.recordRefresh(memberId, refused, 2),
  requestUninstall: (store) => store.requestUninstall(memberId, true, 90),
  dropUninstallRequest: (store) => store.dropUninstallRequest(memberId, 30),
  markUninstalled: (store) => store.markUninstalled(memberId, 90)
}

/** What every store does when an application is uninstalled, and with the tombstone that stays. */
export const uninstallContract: Array<ContractCase<InstallationStore>> = [
  contractCase('requestUninstall keeps the time of the first request', async (open) => {
    const store = await full(open)
    await store.requestUninstall(memberId, false, 30)
    await store.requestUninstall(memberId, false, 40)
    assert.deepEqual(await store.get(memberId), { ...fullRow, updatedAt: 30, uninstallRequestedAt: 30 })
  }),

  contractCase('of requests that stand, one that keeps settings and data prevails', async (open) => {
    const rows = [[[true, true], true], [[true, false, true], false], [[false, true], false]] as const
    for (const [requests, clean] of rows) {
      const store = await full(open)
      for (const [index, request] of requests.entries()) await store.requestUninstall(memberId, request, 30 + index)
      const { uninstallClean, uninstallRequestedAt } = await store.get(memberId) ?? {}
      assert.deepEqual([uninstallClean, uninstallRequestedAt], [clean, 30])
      await store.markUninstalled(memberId, 40)
      assert.equal((await store.get(memberId))?.uninstallClean, clean)
    }
  }),

  contractCase('a request begins anew after one that was dropped', async (open) => {
    const store = await full(open)
    for (const clean of [false, true, false]) {
      await store.requestUninstall(memberId, clean, 30)
      assert.equal((await store.get(memberId))?.uninstallClean, clean)
      await store.dropUninstallRequest(memberId, 30)
      assert.equal((await store.get(memberId))?.uninstallClean, false)
    }
  }),

  contractCase('dropUninstallRequest leaves the installation as it was', async (open) => {
    const store = await full(open)
    await store.requestUninstall(memberId, true, 30)
    await store.dropUninstallRequest(memberId, 30)
    assert.deepEqual(await store.uninstallRequests(), [])
    assert.deepEqual((await store.get(memberId))?.tokens, tokens)
  }),

  contractCase('a request is answered only while it stands, and of the pair that was asked about', async (open) => {
    const store = await full(open)
    await store.requestUninstall(memberId, true, 30)
    await store.systemUsers.put(memberId, 9, tokens, 30)
    const before = await store.get(memberId)
    const seen = { uninstallRequestedAt: 30, tokenVersion: Number(before?.tokenVersion) }
    await store.dropUninstallRequest(memberId, 29)
    for (const other of [{ uninstallRequestedAt: 29 }, { uninstallRequestedAt: null }, { tokenVersion: 9 }]) {
      assert.equal(await store.markUninstalled(memberId, 40, { ...seen, ...other }), false)
    }
    assert.deepEqual(await store.get(memberId), before)
    assert.deepEqual((await store.systemUsers.get(memberId))?.tokens, tokens)
    assert.equal(await store.markUninstalled(memberId, 40, seen), true)
    assert.equal((await store.get(memberId))?.uninstalledAt, 40)
    assert.equal(await store.markUninstalled(memberId, 50, seen), false)
  }),

  contractCase('uninstallRequests lists what is open, oldest request first', async (open) => {
    const store = await open()
    const requested = { late: 300, never: null, early: 100, gone: 50, middle: 200 }
    for (const [id, requestedAt] of Object.entries(requested)) {
      await store.install({ ...installed, memberId: id }, 10)
      if (requestedAt !== null) await store.requestUninstall(id, true, requestedAt)
    }
    await store.markUninstalled('gone', 400)
    const requests = await store.uninstallRequests()
    assert.deepEqual(requests.map((installation) => installation.memberId), ['early', 'middle', 'late'])
    assert.deepEqual(requests[0], await store.get('early'))
  }),

  contractCase('markUninstalled leaves a tombstone without tokens', async (open) => {
    const store = await tombstone(open)
    assert.deepEqual(await store.get(memberId), {
      ...portal,
      ...withoutTokens,
      ...fresh,
      userId: 1,
      handlerUrl,
      bindings: report,
      installedAt: 10,
      updatedAt: 30,
      uninstalledAt: 30,
      uninstallClean: true,
      ...burnedPair
    })
  }),

  contractCase('an uninstall is not undone by what was begun before it', async (open) => {
    const store = await full(open)
    const seen = await store.get(memberId)
    await store.markUninstalled(memberId, 30)
    const buried = await store.get(memberId)
    assert.equal(await store.recordPortal(moved, 40, seen), null)
    assert.equal(await store.recordPortal(moved, 40, { uninstallRequestedAt: null, uninstalledAt: 29 }), null)
    assert.equal(await store.install(installed, 40, seen), false)
    assert.deepEqual(await store.get(memberId), buried)
  }),

  contractCase('a portal comes back by what was begun after its uninstall', async (open) => {
    const recorded = await tombstone(open)
    assert.equal(await recorded.recordPortal(portal, 40, await recorded.get(memberId)), 40)
    assert.equal((await recorded.get(memberId))?.uninstalledAt, null)
    const again = await tombstone(open)
    assert.equal(await again.install(installed, 40, await again.get(memberId)), true)
    assert.equal((await again.get(memberId))?.uninstalledAt, null)
  }),

  contractCase('a proof that was begun before an uninstall was asked for does not drop the question', async (open) => {
    const store = await full(open)
    const before = await store.get(memberId)
    await store.requestUninstall(memberId, true, 30)
    const after = await store.get(memberId)
    assert.equal(await store.recordPortal(moved, 40, before), 10)
    assert.deepEqual(await store.get(memberId), { ...after, ...moved, updatedAt: 40 })
    assert.equal(await store.recordPortal(moved, 40, after), 10)
    assert.equal((await store.get(memberId))?.uninstallRequestedAt, null)
  }),

  contractCase('clearTombstones takes from old tombstones whose they were, a few at a time', async (open) => {
    const store = await open()
    for (const [id, uninstalledAt] of [['old', 100], ['older', 90], ['young', 200], ['living', null]] as const) {
      await store.install({ ...installed, memberId: id }, 10)
      await store.recordBindings(id, handlerUrl, report, 20)
      if (uninstalledAt !== null) await store.markUninstalled(id, uninstalledAt)
    }
    const ids = ['older', 'old', 'young', 'living']
    const before = await Promise.all(ids.map((id) => store.get(id)))
    const nobodys = { domain: '', clientEndpoint: '', scope: [], userId: null, handlerUrl: null, bindings: null }
    for (const [cleared, forgotten] of [[1, 1], [1, 2], [0, 2]] as const) {
      assert.equal(await store.clearTombstones(200, 1), cleared)
      const expected = before.map((row, index) => index < forgotten ? { ...row, ...nobodys } : row)
      assert.deepEqual(await Promise.all(ids.map((id) => store.get(id))), expected)
    }
    assert.equal(await store.recordPortal({ ...portal, memberId: 'old' }, 300), 300)
    assert.equal((await store.get('old'))?.domain, portal.domain)
  }),

  ...Object.entries(changes).map(([name, change]) => contractCase<InstallationStore>(
    `${name} changes neither a tombstone nor a missing row`, async (open) => {
      const buried = await tombstone(open)
      const before = await buried.get(memberId)
      await change(buried)
      assert.deepEqual(await buried.get(memberId), before)
      const empty = await open()
      await change(empty)
      assert.equal(await empty.get(memberId), undefined)
    }))
]
