import assert from 'node:assert/strict'
import type { InstallationStore } from '../../src/store/installation-store.ts'
import type { LifecycleEvent } from '../../src/store/lifecycle-store.ts'
import { contractCase, type ContractCase } from './contract-case.ts'
import { handlerUrl, installed, memberId, portal, report } from './contract-values.ts'

type Open = () => Promise<InstallationStore>

/** A store with a portal that was installed at 10, and bound at 20. */
async function installedStore (open: Open, event: Exclude<LifecycleEvent, 'uninstalled'> = 'installed') {
  const store = await open()
  await store.install({ ...installed, event }, 10)
  await store.recordBindings(memberId, handlerUrl, report, 20)
  return store
}

/** Takes the event of the portal, and forgets it. Out: its name. */
async function told (store: InstallationStore, now: number): Promise<LifecycleEvent | undefined> {
  const taken = await store.takeEvent(memberId, now + 5, now)
  if (taken !== undefined) await store.endEvent(memberId, taken)
  return taken?.event
}

/** What every store keeps for the handlers of `onInstalled`, `onUpdated` and `onUninstalled`. */
export const lifecycleContract: Array<ContractCase<InstallationStore>> = [
  contractCase('an event is kept until it is ended', async (open) => {
    const store = await installedStore(open)
    assert.deepEqual(await store.dueEvents(20, 9), [memberId])
    const taken = await store.takeEvent(memberId, 25, 20)
    assert.deepEqual(taken, { event: 'installed', at: 10, until: 25 })
    await store.endEvent(memberId, taken)
    assert.equal(await store.takeEvent(memberId, 90, 80), undefined)
    assert.deepEqual(await store.dueEvents(80, 9), [])
  }),

  contractCase('an event is not due before the installation was bound', async (open) => {
    const store = await open()
    await store.install({ ...installed, event: 'installed' }, 10)
    assert.deepEqual([await store.dueEvents(90, 9), await store.takeEvent(memberId, 95, 90)], [[], undefined])
    await store.recordBindings(memberId, handlerUrl, report, 20)
    assert.equal(await told(store, 90), 'installed')
  }),

  contractCase('of all that want an event at once one gets it', async (open) => {
    const store = await installedStore(open)
    const taken = await Promise.all(Array.from({ length: 5 }, () => store.takeEvent(memberId, 50, 20)))
    assert.equal(taken.filter((one) => one !== undefined).length, 1)
    assert.deepEqual(await store.dueEvents(49, 9), [])
  }),

  contractCase('an event that was taken and not ended is due again', async (open) => {
    const store = await installedStore(open)
    const lost = await store.takeEvent(memberId, 50, 20)
    assert.deepEqual(await store.dueEvents(50, 9), [memberId])
    assert.equal((await store.takeEvent(memberId, 70, 50))?.event, 'installed')
    assert.ok(lost)
    await store.endEvent(memberId, lost)
    assert.equal((await store.takeEvent(memberId, 99, 70))?.event, 'installed', 'who lost the right ends nothing')
  }),

  contractCase('an event that failed is due at its next try', async (open) => {
    const store = await installedStore(open)
    const taken = await store.takeEvent(memberId, 50, 20)
    assert.ok(taken)
    await store.endEvent(memberId, taken, 40)
    assert.equal(await store.takeEvent(memberId, 90, 39), undefined)
    assert.equal((await store.takeEvent(memberId, 90, 40))?.event, 'installed')
  }),

  contractCase('an event that comes meanwhile stays, and waits for its turn', async (open) => {
    for (const retryAt of [undefined, 80]) {
      const store = await installedStore(open)
      const taken = await store.takeEvent(memberId, 50, 20)
      await store.markUninstalled(memberId, 30)
      assert.equal(await store.takeEvent(memberId, 90, 35), undefined)
      assert.ok(taken)
      await store.endEvent(memberId, taken, retryAt)
      assert.equal(await told(store, 36), 'uninstalled')
    }
  }),

  contractCase('of two events the later is told, but no update before the installation', async (open) => {
    const store = await installedStore(open)
    await store.install({ ...installed, event: 'updated' }, 30)
    assert.equal(await told(store, 30), 'installed')
    await store.install({ ...installed, event: 'updated' }, 40)
    assert.equal(await told(store, 40), 'updated')
    await store.install(installed, 50)
    assert.equal(await told(store, 50), undefined)
    await store.markUninstalled(memberId, 60)
    await store.install({ ...installed, event: 'installed' }, 70)
    await store.recordBindings(memberId, handlerUrl, report, 71)
    assert.equal(await told(store, 80), 'installed')
  }),

  contractCase('an uninstall is told although a call has recovered the portal', async (open) => {
    const store = await installedStore(open, 'updated')
    await store.markUninstalled(memberId, 30)
    await store.recordPortal(portal, 40, await store.get(memberId))
    assert.equal(await told(store, 50), 'uninstalled')
  }),

  contractCase('dueEvents names who waits longest first', async (open) => {
    const store = await open()
    for (const [index, id] of ['c', 'b', 'a'].entries()) {
      await store.install({ ...installed, memberId: id, event: 'installed' }, 10 + index)
      await store.recordBindings(id, handlerUrl, report, 20)
    }
    assert.deepEqual(await store.dueEvents(20, 2), ['c', 'b'])
  })
]
