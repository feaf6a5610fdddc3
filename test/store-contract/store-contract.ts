import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import type { Store } from '../../src/store/open-store.ts'
import { contractCase, type ContractCase } from './contract-case.ts'
import { installed, memberId } from './contract-values.ts'
import { installationContract } from './installation-contract.ts'
import { changeContract } from './change-contract.ts'
import { systemUserContract } from './system-user-contract.ts'
import { tokenContract } from './token-contract.ts'

export type { ContractCase } from './contract-case.ts'

const closing: Array<ContractCase<Store>> = [{
  name: 'a closed store is not reachable',
  async run (open) {
    const store = await open()
    await store.close()
    await assert.rejects(store.ping())
  }
}]

const changes: Record<string, (store: Store, memberId: string) => Promise<unknown>> = {
  // It may bring another application token.
  'an installation': (store, id) => store.install({ ...installed, memberId: id }, 10),
  'an uninstall': (store, id) => store.markUninstalled(id, 10)
}

const notifying = Object.entries(changes).map(([name, change]) =>
  contractCase<Store>(`onPortalChanged notifies of ${name} within a second, until it is stopped`, async (open) => {
    const store = await open()
    const heard: string[] = []
    const told = Promise.withResolvers<void>()
    const stop = store.onPortalChanged((id) => {
      heard.push(id)
      told.resolve()
    })
    await change(store, memberId)
    await Promise.race([told.promise, setTimeout(1000)])
    assert.deepEqual(heard, [memberId])
    stop()
    await change(store, 'another')
    await setTimeout(100)
    assert.deepEqual(heard, [memberId])
  })
)

/**
 * What every store does. Run these cases with any test runner over a store of your own. `installationContract`,
 * `tokenContract`, `systemUserContract` and `changeContract` need an `InstallationStore` only.
 *
 * @example
 * for (const { name, run } of storeContract) test(name, () => run(() => openMyStore()))
 */
export const storeContract: Array<ContractCase<Store>> = [
  ...installationContract, ...tokenContract, ...systemUserContract, ...changeContract, ...notifying, ...closing
]
export { installationContract, changeContract, systemUserContract, tokenContract }
