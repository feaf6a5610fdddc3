import assert from 'node:assert/strict'
import type { InstallationStore } from '../../src/store/installation-store.ts'
import type { InstallationChange } from '../../src/store/change-store.ts'
import { contractCase, type ContractCase } from './contract-case.ts'
import { handlerUrl, installed, memberId, portal, report } from './contract-values.ts'

type Open = () => Promise<InstallationStore>

/** A store with a portal that was installed at 10, and bound at 20. */
async function installedStore (open: Open, change: Exclude<InstallationChange, 'uninstalled'> = 'installed') {
  const store = await open()
  await store.install({ ...installed, change }, 10)
  await store.recordBindings(memberId, handlerUrl, report, 20)
  return store
}

/** Takes the change of the portal, and forgets it. Out: its name. */
async function told (store: InstallationStore, now: number): Promise<InstallationChange | undefined> {
  const taken = await store.takeChange(memberId, now + 5, now)
  if (taken !== undefined) await store.endChange(memberId, taken)
  return taken?.change
}

/** What every store keeps for the handlers of `onInstalled`, `onUpdated` and `onUninstalled`. */
export const changeContract: Array<ContractCase<InstallationStore>> = [
  contractCase('a change is kept until it is ended', async (open) => {
    const store = await installedStore(open)
    assert.deepEqual(await store.dueChanges(20, 9), [memberId])
    const taken = await store.takeChange(memberId, 25, 20)
    assert.deepEqual(taken, { change: 'installed', at: 10, until: 25 })
    await store.endChange(memberId, taken)
    assert.equal(await store.takeChange(memberId, 90, 80), undefined)
    assert.deepEqual(await store.dueChanges(80, 9), [])
  }),

  contractCase('a change is not due before the installation was bound', async (open) => {
    const store = await open()
    await store.install({ ...installed, change: 'installed' }, 10)
    assert.deepEqual([await store.dueChanges(90, 9), await store.takeChange(memberId, 95, 90)], [[], undefined])
    await store.recordBindings(memberId, handlerUrl, report, 20)
    assert.equal(await told(store, 90), 'installed')
  }),

  contractCase('of all that want a change at once one gets it', async (open) => {
    const store = await installedStore(open)
    const taken = await Promise.all(Array.from({ length: 5 }, () => store.takeChange(memberId, 50, 20)))
    assert.equal(taken.filter((one) => one !== undefined).length, 1)
    assert.deepEqual(await store.dueChanges(49, 9), [])
  }),

  contractCase('a change that was taken and not ended is due again', async (open) => {
    const store = await installedStore(open)
    const lost = await store.takeChange(memberId, 50, 20)
    assert.deepEqual(await store.dueChanges(50, 9), [memberId])
    assert.equal((await store.takeChange(memberId, 70, 50))?.change, 'installed')
    assert.ok(lost)
    await store.endChange(memberId, lost)
    assert.equal((await store.takeChange(memberId, 99, 70))?.change, 'installed', 'who lost the right ends nothing')
  }),

  contractCase('a change that failed is due at its next try', async (open) => {
    const store = await installedStore(open)
    const taken = await store.takeChange(memberId, 50, 20)
    assert.ok(taken)
    await store.endChange(memberId, taken, 40)
    assert.equal(await store.takeChange(memberId, 90, 39), undefined)
    assert.equal((await store.takeChange(memberId, 90, 40))?.change, 'installed')
  }),

  contractCase('a change that comes meanwhile stays, and waits for its turn', async (open) => {
    for (const retryAt of [undefined, 80]) {
      const store = await installedStore(open)
      const taken = await store.takeChange(memberId, 50, 20)
      await store.markUninstalled(memberId, 30)
      assert.equal(await store.takeChange(memberId, 90, 35), undefined)
      assert.ok(taken)
      await store.endChange(memberId, taken, retryAt)
      assert.equal(await told(store, 36), 'uninstalled')
    }
  }),

  contractCase('of two changes the later is told, but no update before the installation', async (open) => {
    const store = await installedStore(open)
    await store.install({ ...installed, change: 'updated' }, 30)
    assert.equal(await told(store, 30), 'installed')
    await store.install({ ...installed, change: 'updated' }, 40)
    assert.equal(await told(store, 40), 'updated')
    await store.install(installed, 50)
    assert.equal(await told(store, 50), undefined)
    await store.markUninstalled(memberId, 60)
    await store.install({ ...installed, change: 'installed' }, 70)
    await store.recordBindings(memberId, handlerUrl, report, 71)
    assert.equal(await told(store, 80), 'installed')
  }),

  contractCase('an uninstall is told although a call has recovered the portal', async (open) => {
    const store = await installedStore(open, 'updated')
    await store.markUninstalled(memberId, 30)
    await store.recordPortal(portal, 40, await store.get(memberId))
    assert.equal(await told(store, 50), 'uninstalled')
  }),

  contractCase('dueChanges names who waits longest first', async (open) => {
    const store = await open()
    for (const [index, id] of ['c', 'b', 'a'].entries()) {
      await store.install({ ...installed, memberId: id, change: 'installed' }, 10 + index)
      await store.recordBindings(id, handlerUrl, report, 20)
    }
    assert.deepEqual(await store.dueChanges(20, 2), ['c', 'b'])
  })
]
