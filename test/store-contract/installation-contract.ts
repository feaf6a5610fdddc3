import assert from 'node:assert/strict'
import type { InstallationStore } from '../../src/store/installation-store.ts'
import { contractCase, type ContractCase } from './contract-case.ts'
import {
  burnedPair, firstPair, fresh, full, fullRow, handlerUrl, installed, memberId, moved, otherHost, portal, refreshed,
  report, tombstone, withoutTokens
} from './contract-values.ts'
import { uninstallContract } from './uninstall-contract.ts'

/** What every store does with installations. The token pair and its refresh: see token-contract.ts. */
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
    assert.deepEqual(await store.get(memberId), {
      ...installed, ...fresh, installedAt: 10, updatedAt: 10, ...firstPair
    })
    assert.equal(await store.get('another'), undefined)
  }),

  contractCase('install over a living row replaces it and keeps its beginning and its bindings', async (open) => {
    const store = await full(open)
    const again = { ...moved, applicationToken: 'second-application-token', tokens: refreshed, userId: 7 }
    await store.install(again, 30)
    assert.deepEqual(await store.get(memberId), {
      ...fullRow, ...again, updatedAt: 30, tokenVersion: 2, refreshedAt: 30
    })
  }),

  contractCase('install keeps what it does not know', async (open) => {
    const store = await full(open)
    await store.install({ ...moved, ...withoutTokens }, 30)
    assert.deepEqual(await store.get(memberId), { ...fullRow, ...moved, updatedAt: 30 })
  }),

  contractCase('install forgets that an uninstall was asked for', async (open) => {
    const store = await full(open)
    await store.requestUninstall(memberId, true, 25)
    await store.install(installed, 30)
    assert.equal((await store.get(memberId))?.uninstallRequestedAt, null)
  }),

  contractCase('install over a tombstone begins anew', async (open) => {
    const store = await tombstone(open)
    await store.install({ ...portal, ...withoutTokens }, 40)
    assert.deepEqual(await store.get(memberId), {
      ...portal, ...withoutTokens, ...fresh, installedAt: 40, updatedAt: 40, ...burnedPair
    })
  }),

  contractCase('replaceApplicationToken changes the application token of a living row only', async (open) => {
    const store = await full(open)
    await store.replaceApplicationToken(memberId, 'second-application-token', 30)
    assert.deepEqual(await store.get(memberId), {
      ...fullRow, applicationToken: 'second-application-token', updatedAt: 30
    })
    await store.replaceApplicationToken('another', 'second-application-token', 30)
    assert.equal(await store.get('another'), undefined)
    const uninstalled = await tombstone(open)
    await uninstalled.replaceApplicationToken(memberId, 'second-application-token', 40)
    assert.equal((await uninstalled.get(memberId))?.applicationToken, null)
  }),

  contractCase('recordPortal inserts a missing row without tokens', async (open) => {
    const store = await open()
    await store.recordPortal(portal, 10)
    assert.deepEqual(await store.get(memberId), {
      ...portal, ...withoutTokens, ...fresh, installedAt: 10, updatedAt: 10, tokenVersion: 0, refreshedAt: null
    })
  }),

  contractCase('recordPortal changes the address of a living row and nothing else', async (open) => {
    const store = await full(open)
    await store.requestUninstall(memberId, true, 25)
    await store.recordPortal(moved, 30)
    assert.deepEqual(await store.get(memberId), { ...fullRow, ...moved, updatedAt: 30 })
  }),

  contractCase('recordPortal recovers a tombstone without tokens', async (open) => {
    const store = await tombstone(open)
    await store.recordPortal(portal, 40)
    assert.deepEqual(await store.get(memberId), {
      ...portal, ...withoutTokens, ...fresh, installedAt: 40, updatedAt: 40, ...burnedPair
    })
  }),

  contractCase('recordBindings keeps the last report', async (open) => {
    const store = await full(open)
    const last = { at: 30, bound: [], skipped: [] }
    await store.recordBindings(memberId, 'https://other.example.com/placement', last, 30)
    assert.deepEqual(await store.get(memberId), {
      ...fullRow, handlerUrl: 'https://other.example.com/placement', bindings: last, updatedAt: 30
    })
  }),

  contractCase('rememberHost keeps the newest five, each once', async (open) => {
    const store = await full(open)
    for (const [index, name] of ['a', 'b', 'c', 'd', 'e', 'b', 'f'].entries()) {
      await store.rememberHost(memberId, `https://${name}.example.com`, 30 + index)
    }
    const kept = ['c', 'd', 'e', 'b', 'f'].map((name) => `https://${name}.example.com`)
    assert.deepEqual(await store.get(memberId), { ...fullRow, hosts: kept, updatedAt: 36 })
  }),

  contractCase('hosts live as long as the installation', async (open) => {
    const store = await full(open)
    await store.rememberHost(memberId, otherHost, 30)
    await store.install(installed, 40)
    await store.recordPortal(moved, 50)
    assert.deepEqual((await store.get(memberId))?.hosts, [otherHost])
    await store.markUninstalled(memberId, 60)
    assert.deepEqual((await store.get(memberId))?.hosts, [])
    await store.recordPortal(portal, 70)
    assert.deepEqual((await store.get(memberId))?.hosts, [])
  }),

  ...uninstallContract,

  contractCase('changes at the same time do not undo one another', async (open) => {
    const store = await open()
    await Promise.all([store.recordPortal(moved, 10), store.install(installed, 10), store.recordPortal(moved, 10)])
    await Promise.all([
      store.recordPortal(moved, 20),
      store.replaceTokens(memberId, refreshed, 20),
      store.recordBindings(memberId, handlerUrl, report, 20)
    ])
    assert.deepEqual(await store.get(memberId), {
      ...fullRow, ...moved, tokens: refreshed, updatedAt: 20, tokenVersion: 2, refreshedAt: 20
    })
  }),

  contractCase('one portal does not touch another', async (open) => {
    const store = await full(open)
    const other = { ...installed, memberId: 'other', applicationToken: 'other-application-token' }
    await store.install(other, 15)
    await store.markUninstalled(memberId, 30)
    assert.deepEqual(await store.get('other'), {
      ...other, ...fresh, installedAt: 15, updatedAt: 15, tokenVersion: 1, refreshedAt: 15
    })
  }),

  contractCase('values that look like SQL are only text', async (open) => {
    const store = await open()
    const odd = { ...installed, memberId: "'; drop table installations; --", domain: '"?$1' }
    await store.install(odd, 10)
    assert.deepEqual(await store.get(odd.memberId), { ...odd, ...fresh, installedAt: 10, updatedAt: 10, ...firstPair })
  })
]
