import assert from 'node:assert/strict'
import type { InstallationStore } from '../installation-store.ts'
import { contractCase, type ContractCase } from './contract-case.ts'
import { fresh, full, handlerUrl, installed, memberId, moved, portal, refused, renewed, report, tokens, tombstone, withoutTokens } from './contract-values.ts'

const firstPair = { tokenVersion: 1, refreshedAt: 10 }
const burnedPair = { tokenVersion: 2, refreshedAt: null }

const changes: Record<string, (store: InstallationStore) => Promise<unknown>> = {
  recordBindings: (store) => store.recordBindings(memberId, 'https://late.example.com/', report, 90),
  replaceTokens: (store) => store.replaceTokens(memberId, renewed, 90),
  recordRenewal: (store) => store.recordRenewal(memberId, refused, 2),
  requestUninstall: (store) => store.requestUninstall(memberId, 90),
  dropUninstallRequest: (store) => store.dropUninstallRequest(memberId),
  markUninstalled: (store) => store.markUninstalled(memberId, 90)
}

/** What every store does with installations. The token pair and its renewal: see token-contract.ts. */
export const installationContract: Array<ContractCase<InstallationStore>> = [
  contractCase('an empty store knows nobody', async (open) => {
    const store = await open()
    assert.equal(await store.get(memberId), undefined)
    assert.deepEqual(await store.uninstallRequests(), [])
    await store.ping()
  }),

  contractCase('install inserts a row', async (open) => {
    const store = await open()
    await store.install(installed, 10)
    assert.deepEqual(await store.get(memberId), { ...installed, ...fresh, installedAt: 10, updatedAt: 10, ...firstPair })
    assert.equal(await store.get('another'), undefined)
  }),

  contractCase('install over a living row replaces it and keeps its beginning and its bindings', async (open) => {
    const store = await full(open)
    const again = { ...moved, applicationToken: 'second-application-token', tokens: renewed, userId: 7 }
    await store.install(again, 30)
    assert.deepEqual(await store.get(memberId), { ...again, ...fresh, handlerUrl, bindings: report, installedAt: 10, updatedAt: 30, tokenVersion: 2, refreshedAt: 30 })
  }),

  contractCase('install keeps what it does not know', async (open) => {
    const store = await full(open)
    await store.install({ ...moved, ...withoutTokens }, 30)
    assert.deepEqual(await store.get(memberId), { ...installed, ...moved, ...fresh, handlerUrl, bindings: report, installedAt: 10, updatedAt: 30, ...firstPair })
  }),

  contractCase('install forgets that an uninstall was asked for', async (open) => {
    const store = await full(open)
    await store.requestUninstall(memberId, 25)
    await store.install(installed, 30)
    assert.equal((await store.get(memberId))?.uninstallRequestedAt, null)
  }),

  contractCase('install over a tombstone begins anew', async (open) => {
    const store = await tombstone(open)
    await store.install({ ...portal, ...withoutTokens }, 40)
    assert.deepEqual(await store.get(memberId), { ...portal, ...withoutTokens, ...fresh, installedAt: 40, updatedAt: 40, ...burnedPair })
  }),

  contractCase('recordPortal inserts a missing row without tokens', async (open) => {
    const store = await open()
    await store.recordPortal(portal, 10)
    assert.deepEqual(await store.get(memberId), { ...portal, ...withoutTokens, ...fresh, installedAt: 10, updatedAt: 10, tokenVersion: 0, refreshedAt: null })
  }),

  contractCase('recordPortal changes the address of a living row and nothing else', async (open) => {
    const store = await full(open)
    await store.requestUninstall(memberId, 25)
    await store.recordPortal(moved, 30)
    assert.deepEqual(await store.get(memberId), { ...installed, ...moved, ...fresh, handlerUrl, bindings: report, installedAt: 10, updatedAt: 30, ...firstPair })
  }),

  contractCase('recordPortal revives a tombstone without tokens', async (open) => {
    const store = await tombstone(open)
    await store.recordPortal(portal, 40)
    assert.deepEqual(await store.get(memberId), { ...portal, ...withoutTokens, ...fresh, installedAt: 40, updatedAt: 40, ...burnedPair })
  }),

  contractCase('recordBindings keeps the last report', async (open) => {
    const store = await full(open)
    const last = { at: 30, bound: [], leftOut: [] }
    await store.recordBindings(memberId, 'https://other.example.com/placement', last, 30)
    assert.deepEqual(await store.get(memberId), {
      ...installed, ...fresh, handlerUrl: 'https://other.example.com/placement', bindings: last, installedAt: 10, updatedAt: 30, ...firstPair
    })
  }),

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
  })),

  contractCase('changes at the same time do not undo one another', async (open) => {
    const store = await open()
    await Promise.all([store.recordPortal(moved, 10), store.install(installed, 10), store.recordPortal(moved, 10)])
    await Promise.all([store.recordPortal(moved, 20), store.replaceTokens(memberId, renewed, 20), store.recordBindings(memberId, handlerUrl, report, 20)])
    assert.deepEqual(await store.get(memberId), {
      ...installed, ...moved, ...fresh, tokens: renewed, handlerUrl, bindings: report, installedAt: 10, updatedAt: 20, tokenVersion: 2, refreshedAt: 20
    })
  }),

  contractCase('one portal does not touch another', async (open) => {
    const store = await full(open)
    const other = { ...installed, memberId: 'other', applicationToken: 'other-application-token' }
    await store.install(other, 15)
    await store.markUninstalled(memberId, 30)
    assert.deepEqual(await store.get('other'), { ...other, ...fresh, installedAt: 15, updatedAt: 15, tokenVersion: 1, refreshedAt: 15 })
  }),

  contractCase('values that look like SQL are only text', async (open) => {
    const store = await open()
    const odd = { ...installed, memberId: "'; drop table installations; --", domain: '"?$1' }
    await store.install(odd, 10)
    assert.deepEqual(await store.get(odd.memberId), { ...odd, ...fresh, installedAt: 10, updatedAt: 10, ...firstPair })
  })
]
