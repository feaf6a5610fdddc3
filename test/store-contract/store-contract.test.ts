import { AssertionError } from 'node:assert'
import t from 'tap'
import { createKeyRing } from '../../src/crypto/keys.ts'
import {
  installationContract, changeContract, storeContract, systemUserContract, tokenContract
} from './store-contract.ts'
import { openStore, type Store } from '../../src/store/open-store.ts'

const keyRing = createKeyRing(Buffer.alloc(32, 1).toString('base64'))

await t.test('store contract: a broken rule fails its case, and closes the store', async t => {
  const opened: Store[] = []
  const careless = async (): Promise<Store> => {
    const store = await openStore({ url: 'sqlite::memory:', keyRing })
    opened.push(store)
    return { ...store, replaceTokens: (memberId, tokens, now) => store.replaceTokens(memberId, tokens, now) }
  }
  const failed: string[] = []
  for (const { name, run } of storeContract) {
    await run(careless).catch(error => {
      t.ok(error instanceof AssertionError)
      failed.push(name)
    })
  }
  t.strictSame(failed, [
    'replaceTokens replaces the pair of the version that is expected, and no other',
    'of pairs for one version at the same time the first stays',
    'no pair ever has the version of another',
    'replaceTokens keeps what is offered only when it is told to'
  ])
  for (const store of opened) await t.rejects(store.ping())
})

await t.test('store contract: has a name for each case, and parts', async t => {
  const names = storeContract.map(({ name }) => name)
  t.equal(new Set(names).size, names.length)
  const parts = [installationContract, tokenContract, systemUserContract, changeContract]
  for (const { name } of parts.flat()) t.ok(names.includes(name))
})
