import assert from 'node:assert/strict'
import { createSqlVisitStore, type VisitStore } from '../../../plugins/links/visits/sql-visit-store.ts'
import type { VisitCount } from '../../../plugins/links/visits/visit-types.ts'
import type { InstallationStore } from '../../../src/store/installation-store.ts'
import type { Store } from '../../../src/store/open-store.ts'
import { contractCase, type ContractCase } from '../../store-contract/contract-case.ts'
import { installed, memberId, portal } from '../../store-contract/contract-values.ts'

const at = (day: string, time = '12:00') => Date.parse(`${day}T${time}Z`)
const noon = at('2026-03-10')

/** Twice on one day. */
export const count: VisitCount = {
  memberId,
  linkId: 'link-one-sixteen',
  screen: 'part',
  params: '{"docId":42}',
  userId: 7,
  day: '2026-03-10',
  firstAt: noon,
  lastAt: noon + 500,
  times: 2
}
const on = (day: string, changes: Partial<VisitCount> = {}): VisitCount => ({
  ...count, day, firstAt: at(day), lastAt: at(day) + 500, ...changes
})

const { linkId } = count

/** A store of installations, and that of the visits on these portals. */
export interface StoreWithVisits extends
  Pick<InstallationStore, 'install' | 'recordPortal' | 'markUninstalled' | 'close'> {
  visits: VisitStore
}

export const withVisits = async (store: Store) => ({ ...store, visits: await createSqlVisitStore(store.database) })

async function recorded (open: () => Promise<StoreWithVisits>, ...batches: VisitCount[][]): Promise<StoreWithVisits> {
  const store = await open()
  for (const batch of batches) await store.visits.record(batch)
  return store
}

export const daily = async (visits: VisitStore, memberId: string, linkId: string, fromDay: string) =>
  (await visits.totals(memberId, [{ id: linkId }], fromDay, 0)).flatMap(({ days }) => days)

export const users = async (visits: VisitStore, memberId: string, linkId: string, limit: number) =>
  (await visits.totals(memberId, [{ id: linkId }], '0000', limit)).flatMap(({ users }) => users)

/** All that is kept of a portal. */
async function kept ({ visits }: StoreWithVisits, member = memberId) {
  const links = await visits.links(member, 100, undefined)
  return await Promise.all(links.map(async ({ id }) => ({
    id, days: await daily(visits, member, id, '0000'), users: await users(visits, member, id, 100)
  })))
}

/** What every store does with visits. */
export const visitContract: Array<ContractCase<StoreWithVisits>> = [
  contractCase('of what nobody opened nothing is known', async (open) => {
    const { visits } = await recorded(open, [])
    assert.equal(await visits.find(memberId, linkId), undefined)
    assert.deepEqual(await daily(visits, memberId, linkId, '0000'), [])
    assert.deepEqual(await users(visits, memberId, linkId, 10), [])
    assert.deepEqual(await visits.links(memberId, 10, undefined), [])
  }),

  contractCase('a count is kept as it was', async (open) => {
    const { visits } = await recorded(open, [count])
    const link = { id: linkId, screen: 'part', params: { docId: 42 }, firstAt: noon, lastAt: noon + 500 }
    assert.deepEqual(await visits.find(memberId, linkId), link)
    assert.deepEqual(await daily(visits, memberId, linkId, count.day), [{ day: count.day, times: 2 }])
    assert.deepEqual(await users(visits, memberId, linkId, 10), [
      { userId: 7, times: 2, firstAt: noon, lastAt: noon + 500 }
    ])
    assert.deepEqual(await visits.links(memberId, 10, undefined), [link])
  }),

  contractCase('counts add up, in whatever order and batches they come', async (open) => {
    const counts = [
      on('2026-03-10'), on('2026-03-09', { times: 3 }), on('2026-03-10', { userId: 8 }),
      on('2026-03-11', { userId: 8, times: 4 })
    ]
    const again = on('2026-03-10', { firstAt: noon - 9000, lastAt: noon - 8000, times: 10 })
    const rows: Array<[name: string, batches: VisitCount[][]]> = [
      ['one batch', [counts, [again]]],
      ['a batch each', [...counts, again].map((count) => [count])],
      ['the other way round', [[again], counts.toReversed()]]
    ]
    for (const [name, batches] of rows) {
      const { visits } = await recorded(open, ...batches)
      assert.partialDeepStrictEqual(
        await visits.find(memberId, linkId), { firstAt: at('2026-03-09'), lastAt: at('2026-03-11') + 500 }, name
      )
      assert.deepEqual(
        await daily(visits, memberId, linkId, '2026-03-10'),
        [{ day: '2026-03-10', times: 14 }, { day: '2026-03-11', times: 4 }],
        name
      )
      assert.deepEqual(await users(visits, memberId, linkId, 10), [
        { userId: 7, times: 15, firstAt: at('2026-03-09'), lastAt: noon + 500 },
        { userId: 8, times: 6, firstAt: noon, lastAt: at('2026-03-11') + 500 }
      ], name)
      assert.equal((await visits.links(memberId, 10, undefined)).length, 1, name)
      await visits.purge('2026-03-11')
      assert.deepEqual(
        await users(visits, memberId, linkId, 10),
        [{ userId: 8, times: 4, firstAt: at('2026-03-11'), lastAt: at('2026-03-11') + 500 }],
        name
      )
    }
    const once = await recorded(open, [on('2026-03-10')], [again])
    assert.partialDeepStrictEqual(
      await users(once.visits, memberId, linkId, 10),
      [{ times: 12, firstAt: noon - 9000, lastAt: noon + 500 }],
      'the first and the last time of one day'
    )
  }),

  contractCase('a large batch is counted in full', async (open) => {
    const { visits } = await recorded(open, Array.from(
      { length: 1001 }, (_, index) => ({ ...count, userId: index, linkId: `link-${index % 3}` })
    ))
    const totals = [0, 1, 2].map(async (index) => (await daily(visits, memberId, `link-${index}`, '0000'))[0]?.times)
    assert.deepEqual(await Promise.all(totals), [668, 668, 666])
  }),

  contractCase('lists are as long as asked for, the last and the most first', async (open) => {
    const { visits } = await recorded(open, [
      on('2026-03-10', { linkId: 'b' }), on('2026-03-10', { linkId: 'a' }),
      on('2026-03-12', { linkId: 'c' }), on('2026-03-01', { linkId: 'd' }),
      on('2026-03-10', { linkId: 'b', userId: 5, times: 3 }), on('2026-03-10', { linkId: 'b', userId: 3 })
    ])
    assert.deepEqual((await visits.links(memberId, 3, undefined)).map(({ id }) => id), ['c', 'a', 'b'])
    assert.deepEqual((await users(visits, memberId, 'b', 2)).map(({ userId }) => userId), [5, 3])
  }),

  contractCase('the links that one user has opened are found by the user', async (open) => {
    const { visits } = await recorded(open, [
      on('2026-03-10', { linkId: 'a' }), on('2026-03-10', { linkId: 'a', userId: 8 }),
      on('2026-03-11', { linkId: 'b', userId: 8 }), on('2026-03-12', { linkId: 'c' }),
      on('2026-03-12', { linkId: 'c', memberId: 'other', userId: 8 })
    ])
    const rows: Array<[userId: number | undefined, ids: string[]]> = [
      [7, ['c', 'a']], [8, ['b', 'a']], [9, []], [undefined, ['c', 'b', 'a']]
    ]
    for (const [userId, ids] of rows) {
      assert.deepEqual((await visits.links(memberId, 10, userId)).map(({ id }) => id), ids, String(userId))
    }
    assert.deepEqual(await Promise.all(['a', 'b', 'c', 'd'].map(
      (id) => visits.hasOpened(memberId, id, 8)
    )), [true, true, false, false])
  }),

  contractCase('the visits of several links are read at once', async (open) => {
    const { visits } = await recorded(open, [
      on('2026-03-09', { linkId: 'a', times: 5 }), on('2026-03-10', { linkId: 'a' }),
      on('2026-03-10', { linkId: 'a', userId: 8, times: 4 }),
      on('2026-03-10', { linkId: 'a', userId: 9 }), on('2026-03-09', { linkId: 'b' }),
      on('2026-03-10', { linkId: 'c' }),
      on('2026-03-10', { linkId: 'a', memberId: 'other', times: 9 })
    ])
    const user = (userId: number, times: number, day = '2026-03-10') => ({
      userId, times, firstAt: at(day), lastAt: at('2026-03-10') + 500
    })
    assert.deepEqual(await visits.totals(
      memberId, [{ id: 'b', more: 1 }, { id: 'a', more: 2 }, { id: 'none', more: 3 }], '2026-03-10', 2
    ), [
      { id: 'b', more: 1, days: [], users: [{ ...user(7, 2, '2026-03-09'), lastAt: at('2026-03-09') + 500 }] },
      { id: 'a', more: 2, days: [{ day: '2026-03-10', times: 8 }], users: [user(7, 7, '2026-03-09'), user(8, 4)] },
      { id: 'none', more: 3, days: [], users: [] }
    ])
    assert.deepEqual(await visits.totals(memberId, [{ id: 'a' }], '0000', 0), [
      { id: 'a', days: [{ day: '2026-03-09', times: 5 }, { day: '2026-03-10', times: 8 }], users: [] }
    ])
    assert.deepEqual(await visits.totals(memberId, [], '0000', 10), [])
    const many = Array.from({ length: 60 }, (_, index) => ({ id: `link-${index}` }))
    assert.equal((await visits.totals(memberId, many, '0000', 10)).length, 60)
  }),

  contractCase('purge takes what it forgets out of all sums, however much it is', async (open) => {
    const ids = Array.from({ length: 130 }, (_, index) => index)
    const store = await recorded(open, [
      ...ids.map((userId) => on('2026-03-08', { userId })),
      ...ids.map((userId) => on('2026-03-09', { userId, times: 3 })),
      ...ids.slice(0, 2).map((userId) => on('2026-03-10', { userId, times: 5 + userId }))
    ], [on('2026-03-08', { memberId: 'other' })])
    await store.visits.purge('2026-03-09')
    const { visits } = store
    assert.deepEqual(await daily(visits, memberId, linkId, '0000'), [
      { day: '2026-03-09', times: 390 }, { day: '2026-03-10', times: 11 }
    ])
    assert.deepEqual((await users(visits, memberId, linkId, 3)), [
      { userId: 1, times: 9, firstAt: at('2026-03-09'), lastAt: at('2026-03-10') + 500 },
      { userId: 0, times: 8, firstAt: at('2026-03-09'), lastAt: at('2026-03-10') + 500 },
      { userId: 2, times: 3, firstAt: at('2026-03-09'), lastAt: at('2026-03-09') + 500 }
    ])
    assert.deepEqual(await kept(store, 'other'), [])
    await visits.purge('2026-03-10')
    assert.deepEqual(
      (await users(visits, memberId, linkId, 200)).map(({ userId, times }) => [userId, times]), [[1, 6], [0, 5]]
    )
    assert.deepEqual(
      await Promise.all([1, 2].map((userId) => visits.hasOpened(memberId, linkId, userId))), [true, false]
    )
    await visits.purge('2026-03-11')
    assert.deepEqual(await kept(store), [])
    await visits.record([on('2026-03-12', { userId: 1 })])
    assert.partialDeepStrictEqual(await kept(store), [
      { days: [{ day: '2026-03-12', times: 2 }], users: [{ userId: 1, times: 2, firstAt: at('2026-03-12') }] }
    ])
  }),

  contractCase('a portal adds so much a day, and takes nothing from another', async (open) => {
    const { visits } = await recorded(open)
    const links = Array.from({ length: 1005 }, (_, index) => on('2026-03-10', { linkId: `link-${index}` }))
    assert.deepEqual(await visits.record(links.slice(0, 990)), [])
    assert.deepEqual((await visits.record(links.slice(980))).map(({ linkId }) => linkId), [
      'link-1000', 'link-1001', 'link-1002', 'link-1003', 'link-1004'
    ])
    assert.equal(await visits.find(memberId, 'link-1000'), undefined)
    assert.partialDeepStrictEqual(await daily(visits, memberId, 'link-980', '0000'), [{ times: 4 }])
    assert.deepEqual(await visits.record([on('2026-03-10', { linkId: 'link-1004', memberId: 'other' })]), [])

    const counts = Array.from(
      { length: 9200 }, (_, userId) => on('2026-03-10', { linkId: 'link-0', userId: userId + 10 })
    )
    const skipped = await visits.record(counts)
    assert.deepEqual([skipped.length, skipped[0]?.userId, skipped.at(-1)?.userId], [200, 9010, 9209])
    assert.deepEqual(
      await visits.record([on('2026-03-10', { linkId: 'link-0', userId: 10 })]), [], 'what is there goes on'
    )
    assert.deepEqual(await daily(visits, memberId, 'link-0', '0000'), [{ day: '2026-03-10', times: 2 * 9002 }])
    assert.deepEqual(
      await visits.record([on('2026-03-11', { linkId: 'link-1000', userId: 9999 })]), [], 'and so does the next day'
    )
  }),

  contractCase('one portal and one link do not touch another', async (open) => {
    const store = await recorded(open, [
      count, { ...count, memberId: 'other', times: 5 }, { ...count, linkId: 'another', times: 6 }
    ])
    assert.partialDeepStrictEqual(await kept(store, 'other'), [
      { id: linkId, days: [{ times: 5 }], users: [{ times: 5 }] }
    ])
    assert.partialDeepStrictEqual(await users(store.visits, memberId, linkId, 10), [{ times: 2 }])
    assert.equal(await store.visits.find('other', 'another'), undefined)
  }),

  contractCase('purge forgets days before, and links not opened since', async (open) => {
    const store = await recorded(open, [
      on('2026-03-09', { lastAt: at('2026-03-10') - 1 }), on('2026-03-10', { firstAt: at('2026-03-10', '00:00') }),
      on('2026-03-09', { linkId: 'old', lastAt: at('2026-03-10', '00:00') - 1 }), on('2026-03-10', {
        linkId: 'new', firstAt: at('2026-03-10', '00:00'), lastAt: at('2026-03-10', '00:00')
      })
    ])
    await store.visits.purge('2026-03-10')
    assert.partialDeepStrictEqual(await kept(store), [{ id: linkId, days: [{ day: '2026-03-10' }] }, { id: 'new' }])
    assert.equal(await store.visits.find(memberId, 'old'), undefined)
    assert.deepEqual(await users(store.visits, memberId, 'old', 10), [])
  }),

  contractCase('what is uninstalled is forgotten, also what is counted after', async (open) => {
    const many = Array.from({ length: 1100 }, (_, userId) => ({ ...count, userId: userId + 100 }))
    const store = await recorded(open, [count, { ...count, memberId: 'other' }], many)
    for (const id of [memberId, 'other']) await store.install({ ...installed, memberId: id }, 10)
    const other = await kept(store, 'other')
    await store.markUninstalled(memberId, 30)
    await store.visits.forget(memberId)
    assert.deepEqual(await kept(store), [])
    assert.deepEqual(await users(store.visits, memberId, linkId, 2000), [])
    assert.equal(await store.visits.find(memberId, linkId), undefined)
    await store.visits.record([count])
    await store.visits.purge('2026-03-01')
    assert.deepEqual(await kept(store), [])
    assert.equal(await store.visits.find(memberId, linkId), undefined)
    assert.deepEqual(await kept(store, 'other'), other)
    await store.recordPortal(portal, 40)
    await store.visits.record([count])
    await store.visits.purge('2026-03-01')
    assert.partialDeepStrictEqual(
      await kept(store), [{ days: [{ times: 2 }] }], 'a portal that came back is counted anew'
    )
  }),

  contractCase('texts of a link are only text', async (open) => {
    const params = { "'; drop table links; --": ['"?$1', '\u0000', '😀'] }
    const { visits } = await recorded(open, [{ ...count, linkId: "' or 1=1", params: JSON.stringify(params) }])
    assert.deepEqual((await visits.find(memberId, "' or 1=1"))?.params, params)
  }),
]
