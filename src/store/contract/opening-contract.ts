import assert from 'node:assert/strict'
import type { Store } from '../open-store.ts'
import type { OpeningCount } from '../opening-store.ts'
import { contractCase, type ContractCase } from './contract-case.ts'
import { installed, memberId, portal } from './contract-values.ts'

const at = (day: string, time = '12:00') => Date.parse(`${day}T${time}Z`)
const noon = at('2026-03-10')

/** Twice on one day. */
export const count: OpeningCount = {
  memberId, linkId: 'link-one-sixteen', screen: 'document', params: '{"docId":42}', userId: 7, day: '2026-03-10', firstAt: noon, lastAt: noon + 500, times: 2
}
const on = (day: string, changes: Partial<OpeningCount> = {}): OpeningCount => ({ ...count, day, firstAt: at(day), lastAt: at(day) + 500, ...changes })

const { linkId } = count

async function recorded (open: () => Promise<Store>, ...batches: OpeningCount[][]): Promise<Store> {
  const store = await open()
  for (const batch of batches) await store.openings.record(batch)
  return store
}

/** All that is kept of a portal. */
async function kept ({ openings }: Store, member = memberId) {
  const links = await openings.links(member, 100, undefined)
  return await Promise.all(links.map(async ({ id }) => ({ id, days: await openings.daily(member, id, '0000'), users: await openings.users(member, id, '0000', 100) })))
}

/** What every store does with openings. */
export const openingContract: Array<ContractCase<Store>> = [
  contractCase('of what nobody opened nothing is known', async (open) => {
    const { openings } = await recorded(open, [])
    assert.equal(await openings.find(memberId, linkId), undefined)
    assert.deepEqual(await openings.daily(memberId, linkId, '0000'), [])
    assert.deepEqual(await openings.users(memberId, linkId, '0000', 10), [])
    assert.deepEqual(await openings.links(memberId, 10, undefined), [])
  }),

  contractCase('a count is kept as it was', async (open) => {
    const { openings } = await recorded(open, [count])
    const link = { id: linkId, screen: 'document', params: { docId: 42 }, firstAt: noon, lastAt: noon + 500 }
    assert.deepEqual(await openings.find(memberId, linkId), link)
    assert.deepEqual(await openings.daily(memberId, linkId, count.day), [{ day: count.day, times: 2 }])
    assert.deepEqual(await openings.users(memberId, linkId, '0000', 10), [{ userId: 7, times: 2, firstAt: noon, lastAt: noon + 500 }])
    assert.deepEqual(await openings.links(memberId, 10, undefined), [link])
  }),

  contractCase('counts add up, in whatever order and batches they come', async (open) => {
    const counts = [on('2026-03-10'), on('2026-03-09', { times: 3 }), on('2026-03-10', { userId: 8 }), on('2026-03-11', { userId: 8, times: 4 })]
    const again = on('2026-03-10', { firstAt: noon - 9000, lastAt: noon - 8000, times: 10 })
    const rows: Array<[name: string, batches: OpeningCount[][]]> = [
      ['one batch', [counts, [again]]],
      ['a batch each', [...counts, again].map((count) => [count])],
      ['the other way round', [[again], counts.toReversed()]]
    ]
    for (const [name, batches] of rows) {
      const { openings } = await recorded(open, ...batches)
      assert.partialDeepStrictEqual(await openings.find(memberId, linkId), { firstAt: at('2026-03-09'), lastAt: at('2026-03-11') + 500 }, name)
      assert.deepEqual(await openings.daily(memberId, linkId, '2026-03-10'), [{ day: '2026-03-10', times: 14 }, { day: '2026-03-11', times: 4 }], name)
      assert.deepEqual(await openings.users(memberId, linkId, '0000', 10), [
        { userId: 7, times: 15, firstAt: at('2026-03-09'), lastAt: noon + 500 },
        { userId: 8, times: 6, firstAt: noon, lastAt: at('2026-03-11') + 500 }
      ], name)
      assert.equal((await openings.links(memberId, 10, undefined)).length, 1, name)
      assert.partialDeepStrictEqual(await openings.users(memberId, linkId, '2026-03-11', 10), [{ userId: 8, times: 4, firstAt: at('2026-03-11') }], name)
    }
    const once = await recorded(open, [on('2026-03-10')], [again])
    assert.partialDeepStrictEqual(await once.openings.users(memberId, linkId, '0000', 10), [{ times: 12, firstAt: noon - 9000, lastAt: noon + 500 }], 'the first and the last time of one day')
  }),

  contractCase('a large batch is counted in full', async (open) => {
    const { openings } = await recorded(open, Array.from({ length: 1001 }, (_, index) => ({ ...count, userId: index, linkId: `link-${index % 3}` })))
    const totals = [0, 1, 2].map(async (index) => (await openings.daily(memberId, `link-${index}`, '0000'))[0]?.times)
    assert.deepEqual(await Promise.all(totals), [668, 668, 666])
  }),

  contractCase('lists are as long as asked for: the last links, and the users who opened most', async (open) => {
    const { openings } = await recorded(open, [
      on('2026-03-10', { linkId: 'b' }), on('2026-03-10', { linkId: 'a' }), on('2026-03-12', { linkId: 'c' }), on('2026-03-01', { linkId: 'd' }),
      on('2026-03-10', { linkId: 'b', userId: 5, times: 3 }), on('2026-03-10', { linkId: 'b', userId: 3 })
    ])
    assert.deepEqual((await openings.links(memberId, 3, undefined)).map(({ id }) => id), ['c', 'a', 'b'])
    assert.deepEqual((await openings.users(memberId, 'b', '0000', 2)).map(({ userId }) => userId), [5, 3])
  }),

  contractCase('the links that one user has opened are found by the user', async (open) => {
    const { openings } = await recorded(open, [
      on('2026-03-10', { linkId: 'a' }), on('2026-03-10', { linkId: 'a', userId: 8 }), on('2026-03-11', { linkId: 'b', userId: 8 }), on('2026-03-12', { linkId: 'c' }),
      on('2026-03-12', { linkId: 'c', memberId: 'other', userId: 8 })
    ])
    const rows: Array<[userId: number | undefined, ids: string[]]> = [[7, ['c', 'a']], [8, ['b', 'a']], [9, []], [undefined, ['c', 'b', 'a']]]
    for (const [userId, ids] of rows) assert.deepEqual((await openings.links(memberId, 10, userId)).map(({ id }) => id), ids, String(userId))
    assert.deepEqual(await Promise.all(['a', 'b', 'c', 'd'].map((id) => openings.hasOpened(memberId, id, 8))), [true, true, false, false])
  }),

  contractCase('one portal and one link do not touch another', async (open) => {
    const store = await recorded(open, [count, { ...count, memberId: 'other', times: 5 }, { ...count, linkId: 'another', times: 6 }])
    assert.partialDeepStrictEqual(await kept(store, 'other'), [{ id: linkId, days: [{ times: 5 }], users: [{ times: 5 }] }])
    assert.partialDeepStrictEqual(await store.openings.users(memberId, linkId, '0000', 10), [{ times: 2 }])
    assert.equal(await store.openings.find('other', 'another'), undefined)
  }),

  contractCase('purge forgets the days before, and the links that nobody opened since', async (open) => {
    const store = await recorded(open, [
      on('2026-03-09', { lastAt: at('2026-03-10') - 1 }), on('2026-03-10', { firstAt: at('2026-03-10', '00:00') }),
      on('2026-03-09', { linkId: 'old', lastAt: at('2026-03-10', '00:00') - 1 }), on('2026-03-10', { linkId: 'new', firstAt: at('2026-03-10', '00:00'), lastAt: at('2026-03-10', '00:00') })
    ])
    await store.openings.purge('2026-03-10')
    assert.partialDeepStrictEqual(await kept(store), [{ id: linkId, days: [{ day: '2026-03-10' }] }, { id: 'new' }])
    assert.equal(await store.openings.find(memberId, 'old'), undefined)
    assert.deepEqual(await store.openings.users(memberId, 'old', '0000', 10), [])
  }),

  contractCase('what is uninstalled is forgotten, and so is what was counted a moment after', async (open) => {
    const store = await recorded(open, [count, { ...count, memberId: 'other' }])
    for (const id of [memberId, 'other']) await store.install({ ...installed, memberId: id }, 10)
    const other = await kept(store, 'other')
    await store.markUninstalled(memberId, 30)
    assert.deepEqual(await kept(store), [])
    assert.equal(await store.openings.find(memberId, linkId), undefined)
    await store.openings.record([count])
    await store.openings.purge('2026-03-01')
    assert.deepEqual(await kept(store), [])
    assert.equal(await store.openings.find(memberId, linkId), undefined)
    assert.deepEqual(await kept(store, 'other'), other)
    await store.recordPortal(portal, 40)
    await store.openings.record([count])
    await store.openings.purge('2026-03-01')
    assert.partialDeepStrictEqual(await kept(store), [{ days: [{ times: 2 }] }], 'a portal that came back is counted anew')
  }),

  contractCase('texts of a link are only text', async (open) => {
    const params = { "'; drop table links; --": ['"?$1', '\u0000', '😀'] }
    const { openings } = await recorded(open, [{ ...count, linkId: "' or 1=1", params: JSON.stringify(params) }])
    assert.deepEqual((await openings.find(memberId, "' or 1=1"))?.params, params)
  }),
]
