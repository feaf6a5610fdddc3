import assert from 'node:assert/strict'
import type { ApprovalStore } from '../../example/screens/approval/approval-store.ts'
import type { InstallationStore } from '../../src/store/installation-store.ts'
import { contractCase, type ContractCase } from '../store-contract/contract-case.ts'
import { installed } from '../store-contract/contract-values.ts'

/** A store of installations, and that of the answers on these portals. */
export interface StoreWithApprovals extends Pick<InstallationStore, 'install' | 'markUninstalled' | 'close'> {
  approvals: ApprovalStore
}

const approved = { answer: 'approved', userId: 1 } as const

/** What every store does with the answers to requests for approval. */
export const approvalContract: Array<ContractCase<StoreWithApprovals>> = [
  contractCase('the first answer counts, whoever gives the second', async (open) => {
    const { approvals } = await open()
    assert.equal(await approvals.find('m', 'l', 1000), undefined)
    const first = { ...approved, at: 10, done: [], underWay: [] }
    assert.deepEqual(await approvals.answer('m', 'l', approved, 10), first)
    assert.deepEqual(await approvals.answer('m', 'l', { answer: 'declined', userId: 2 }, 20), first)
    assert.deepEqual(await approvals.find('m', 'l', 1000), first)
    assert.equal((await approvals.answer('m', 'other', { answer: 'declined', userId: 2 }, 20)).answer, 'declined')
    assert.equal((await approvals.answer('other', 'l', { answer: 'declined', userId: 2 }, 20)).answer, 'declined')
  }),

  contractCase('a step is taken by one at a time, until it is done', async (open) => {
    const { approvals } = await open()
    await approvals.answer('m', 'l', approved, 10)
    assert.equal(await approvals.claim('m', 'l', 'comment', 1000), true)
    assert.equal(await approvals.claim('m', 'l', 'comment', 2000), false)
    assert.equal(await approvals.claim('m', 'l', 'notification', 2000), true, 'another step is another one')
    assert.deepEqual((await approvals.find('m', 'l', 60_999))?.underWay, ['comment', 'notification'])
    assert.deepEqual((await approvals.find('m', 'l', 61_000))?.underWay, ['notification'])
    assert.equal(await approvals.claim('m', 'l', 'comment', 61_000), true, 'who took it may have come to an end')
    await approvals.settle('m', 'l', 'comment', false)
    assert.deepEqual(
      (await approvals.find('m', 'l', 61_000))?.underWay, ['notification'], 'what failed is under way no more'
    )
    assert.equal(await approvals.claim('m', 'l', 'comment', 61_001), true, 'it failed')
    await approvals.settle('m', 'l', 'comment', true)
    assert.equal(await approvals.claim('m', 'l', 'comment', 999_999), false)
    assert.deepEqual(await approvals.find('m', 'l', 62_000), { ...approved, at: 10, done: ['comment'], underWay: [] })
  }),

  contractCase('answers are forgotten with their steps when they are old', async (open) => {
    const { approvals } = await open()
    for (const [id, at] of [['old', 10], ['new', 20]] as const) {
      await approvals.answer('m', id, approved, at)
      await approvals.claim('m', id, 'comment', at)
    }
    await approvals.purge(20)
    assert.equal(await approvals.find('m', 'old', 30), undefined)
    assert.equal(await approvals.claim('m', 'old', 'comment', 30), true)
    assert.deepEqual(await approvals.find('m', 'new', 30), { ...approved, at: 20, done: [], underWay: ['comment'] })
  }),

  contractCase('answers are forgotten with the installation', async (open) => {
    const store = await open()
    const { approvals } = store
    for (const memberId of ['m', 'other']) await store.install({ ...installed, memberId }, 5)
    await store.markUninstalled('m', 20)
    for (const memberId of ['m', 'other']) {
      await approvals.answer(memberId, 'l', approved, 10)
      await approvals.claim(memberId, 'l', 'comment', 1000)
    }
    // By a page that was open: the uninstall does not wait for it.
    await approvals.answer('m', 'late', approved, 21)
    await approvals.forget('m')
    for (const id of ['l', 'late']) assert.equal(await approvals.find('m', id, 1000), undefined, id)
    assert.equal(await approvals.claim('m', 'l', 'comment', 1001), true)
    const other = { ...approved, at: 10, done: [], underWay: ['comment'] }
    assert.deepEqual(await approvals.find('other', 'l', 1001), other)
  }),

  contractCase('a late deletion leaves the answers of the next installation', async (open) => {
    const store = await open()
    const { approvals } = store
    await store.install({ ...installed, memberId: 'm' }, 5)
    await approvals.answer('m', 'before', approved, 10)
    await approvals.claim('m', 'before', 'comment', 10)
    await store.markUninstalled('m', 20)
    await store.install({ ...installed, memberId: 'm' }, 30)
    await approvals.answer('m', 'after', approved, 30)
    await approvals.claim('m', 'after', 'comment', 1000)
    await approvals.forget('m')
    assert.equal(await approvals.find('m', 'before', 1000), undefined)
    assert.equal(await approvals.claim('m', 'before', 'comment', 1000), true)
    assert.deepEqual(await approvals.find('m', 'after', 1000), { ...approved, at: 30, done: [], underWay: ['comment'] })
  })
]
