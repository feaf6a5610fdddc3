import assert from 'node:assert/strict'
import type { InstallationStore } from '../installation-store.ts'
import { contractCase, type ContractCase } from './contract-case.ts'
import { burnedPair, firstPair, fresh, full, handlerUrl, installed, memberId, otherHost, portal, refused, renewed, report, tokens, tombstone, withoutTokens } from './contract-values.ts'

const changes: Record<string, (store: InstallationStore) => Promise<unknown>> = {
  recordBindings: (store) => store.recordBindings(memberId, 'https://late.example.com/', report, 90),
  rememberHost: (store) => store.rememberHost(memberId, otherHost, 90),
  replaceTokens: (store) => store.replaceTokens(memberId, renewed, 90),
  recordRenewal: (store) => store.recordRenewal(memberId, refused, 2),
  requestUninstall: (store) => store.requestUninstall(memberId, 90),
  dropUninstallRequest: (store) => store.dropUninstallRequest(memberId),
  markUninstalled: (store) => store.markUninstalled(memberId, 90)
}

/** What every store does when an application is uninstalled, and with the tombstone that stays. */
export const uninstallContract: Array<ContractCase<InstallationStore>> = [
  contractCase('requestUninstall keeps the time of the first request', async (open) => {
    const store = await full(open)
    await store.requestUninstall(memberId, 30)
    await store.requestUninstall(memberId, 40)
    assert.deepEqual(await store.get(memberId), { ...installed, ...fresh, handlerUrl, bindings: report, installedAt: 10, updatedAt: 30, uninstallRequestedAt: 30, ...firstPair })
  }),

  contractCase('dropUninstallRequest leaves the installation as it was', async (open) => {
    const store = await full(open)
    await store.requestUninstall(memberId, 30)
    await store.dropUninstallRequest(memberId)
    assert.deepEqual(await store.uninstallRequests(), [])
    assert.deepEqual((await store.get(memberId))?.tokens, tokens)
  }),

  contractCase('uninstallRequests lists what is open, oldest request first', async (open) => {
    const store = await open()
    for (const [id, requestedAt] of [['late', 300], ['never', null], ['early', 100], ['gone', 50], ['middle', 200]] as const) {
      await store.install({ ...installed, memberId: id }, 10)
      if (requestedAt !== null) await store.requestUninstall(id, requestedAt)
    }
    await store.markUninstalled('gone', 400)
    const requests = await store.uninstallRequests()
    assert.deepEqual(requests.map((installation) => installation.memberId), ['early', 'middle', 'late'])
    assert.deepEqual(requests[0], await store.get('early'))
  }),

  contractCase('markUninstalled leaves a tombstone without tokens', async (open) => {
    const store = await tombstone(open)
    assert.deepEqual(await store.get(memberId), {
      ...portal, ...withoutTokens, ...fresh, userId: 1, handlerUrl, bindings: report, installedAt: 10, updatedAt: 30, uninstalledAt: 30, ...burnedPair
    })
  }),

  ...Object.entries(changes).map(([name, change]) => contractCase<InstallationStore>(`${name} changes neither a tombstone nor a missing row`, async (open) => {
    const buried = await tombstone(open)
    const before = await buried.get(memberId)
    await change(buried)
    assert.deepEqual(await buried.get(memberId), before)
    const empty = await open()
    await change(empty)
    assert.equal(await empty.get(memberId), undefined)
  }))
]
