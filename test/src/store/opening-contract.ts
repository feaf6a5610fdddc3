import type { Test } from 'tap'
import type { Store } from '../../../src/store/open-store.ts'
import type { OpeningCount } from '../../../src/store/opening-store.ts'
import { installed, portal } from './store-contract.ts'

const at = (day: string, time = '12:00') => Date.parse(`${day}T${time}Z`)
const noon = at('2026-03-10')

/** Twice on one day. */
export const count: OpeningCount = {
  memberId: portal.memberId, linkId: 'link-one-sixteen', screen: 'document', params: '{"docId":42}', userId: 7, day: '2026-03-10', firstAt: noon, lastAt: noon + 500, times: 2
}
const on = (day: string, changes: Partial<OpeningCount> = {}): OpeningCount => ({ ...count, day, firstAt: at(day), lastAt: at(day) + 500, ...changes })

/** What every store does with openings, whatever database is below it. `open` gives a store over an empty database. */
export async function openingContract (t: Test, open: () => Promise<Store>) {
  const { memberId } = portal
  const { linkId } = count
  const opened = async (t: Test, ...batches: OpeningCount[][]) => {
    const store = await open()
    t.after(() => store.close())
    for (const batch of batches) await store.openings.record(batch)
    return store
  }
  /** All that is kept of a portal. */
  const kept = async ({ openings }: Store, member = memberId) => {
    const links = await openings.links(member, 100, undefined)
    return await Promise.all(links.map(async ({ id }) => ({ id, days: await openings.daily(member, id, '0000'), users: await openings.users(member, id, '0000', 100) })))
  }

  await t.test('of what nobody opened nothing is known', async (t) => {
    const { openings } = await opened(t, [])
    t.equal(await openings.find(memberId, linkId), undefined)
    t.strictSame(await openings.daily(memberId, linkId, '0000'), [])
    t.strictSame(await openings.users(memberId, linkId, '0000', 10), [])
    t.strictSame(await openings.links(memberId, 10, undefined), [])
  })

  await t.test('a count is kept as it was', async (t) => {
    const { openings } = await opened(t, [count])
    const link = { id: linkId, screen: 'document', params: { docId: 42 }, firstAt: noon, lastAt: noon + 500 }
    t.strictSame(await openings.find(memberId, linkId), link)
    t.strictSame(await openings.daily(memberId, linkId, count.day), [{ day: count.day, times: 2 }])
    t.strictSame(await openings.users(memberId, linkId, '0000', 10), [{ userId: 7, times: 2, firstAt: noon, lastAt: noon + 500 }])
    t.strictSame(await openings.links(memberId, 10, undefined), [link])
  })

  await t.test('counts add up, in whatever order and batches they come', async (t) => {
    const counts = [on('2026-03-10'), on('2026-03-09', { times: 3 }), on('2026-03-10', { userId: 8 }), on('2026-03-11', { userId: 8, times: 4 })]
    const again = on('2026-03-10', { firstAt: noon - 9000, lastAt: noon - 8000, times: 10 })
    const rows: Array<[name: string, batches: OpeningCount[][]]> = [
      ['one batch', [counts, [again]]],
      ['a batch each', [...counts, again].map((count) => [count])],
      ['the other way round', [[again], counts.toReversed()]]
    ]
    for (const [name, batches] of rows) {
      const { openings } = await opened(t, ...batches)
      t.match(await openings.find(memberId, linkId), { firstAt: at('2026-03-09'), lastAt: at('2026-03-11') + 500 }, name)
      t.strictSame(await openings.daily(memberId, linkId, '2026-03-10'), [{ day: '2026-03-10', times: 14 }, { day: '2026-03-11', times: 4 }], name)
      t.strictSame(await openings.users(memberId, linkId, '0000', 10), [
        { userId: 7, times: 15, firstAt: at('2026-03-09'), lastAt: noon + 500 },
        { userId: 8, times: 6, firstAt: noon, lastAt: at('2026-03-11') + 500 }
      ], name)
      t.equal((await openings.links(memberId, 10, undefined)).length, 1, name)
      t.match(await openings.users(memberId, linkId, '2026-03-11', 10), [{ userId: 8, times: 4, firstAt: at('2026-03-11') }], name)
    }
    const once = await opened(t, [on('2026-03-10')], [again])
    t.match(await once.openings.users(memberId, linkId, '0000', 10), [{ times: 12, firstAt: noon - 9000, lastAt: noon + 500 }], 'the first and the last time of one day')
  })

  await t.test('a large batch is counted in full', async (t) => {
    const { openings } = await opened(t, Array.from({ length: 1001 }, (_, index) => ({ ...count, userId: index, linkId: `link-${index % 3}` })))
    const totals = [0, 1, 2].map(async (index) => (await openings.daily(memberId, `link-${index}`, '0000'))[0]?.times)
    t.strictSame(await Promise.all(totals), [668, 668, 666])
  })

  await t.test('lists are as long as asked for: the last links, and the users who opened most', async (t) => {
    const { openings } = await opened(t, [
      on('2026-03-10', { linkId: 'b' }), on('2026-03-10', { linkId: 'a' }), on('2026-03-12', { linkId: 'c' }), on('2026-03-01', { linkId: 'd' }),
      on('2026-03-10', { linkId: 'b', userId: 5, times: 3 }), on('2026-03-10', { linkId: 'b', userId: 3 })
    ])
    t.strictSame((await openings.links(memberId, 3, undefined)).map(({ id }) => id), ['c', 'a', 'b'])
    t.strictSame((await openings.users(memberId, 'b', '0000', 2)).map(({ userId }) => userId), [5, 3])
  })

  await t.test('the links that one user has opened', async (t) => {
    const { openings } = await opened(t, [
      on('2026-03-10', { linkId: 'a' }), on('2026-03-10', { linkId: 'a', userId: 8 }), on('2026-03-11', { linkId: 'b', userId: 8 }), on('2026-03-12', { linkId: 'c' }),
      on('2026-03-12', { linkId: 'c', memberId: 'other', userId: 8 })
    ])
    const rows: Array<[userId: number | undefined, ids: string[]]> = [[7, ['c', 'a']], [8, ['b', 'a']], [9, []], [undefined, ['c', 'b', 'a']]]
    for (const [userId, ids] of rows) t.strictSame((await openings.links(memberId, 10, userId)).map(({ id }) => id), ids, String(userId))
    t.strictSame(await Promise.all(['a', 'b', 'c', 'd'].map((id) => openings.hasOpened(memberId, id, 8))), [true, true, false, false])
  })

  await t.test('one portal and one link do not touch another', async (t) => {
    const store = await opened(t, [count, { ...count, memberId: 'other', times: 5 }, { ...count, linkId: 'another', times: 6 }])
    t.match(await kept(store, 'other'), [{ id: linkId, days: [{ times: 5 }], users: [{ times: 5 }] }])
    t.match(await store.openings.users(memberId, linkId, '0000', 10), [{ times: 2 }])
    t.equal(await store.openings.find('other', 'another'), undefined)
  })

  await t.test('purge forgets the days before, and the links that nobody opened since', async (t) => {
    const store = await opened(t, [
      on('2026-03-09', { lastAt: at('2026-03-10') - 1 }), on('2026-03-10', { firstAt: at('2026-03-10', '00:00') }),
      on('2026-03-09', { linkId: 'old', lastAt: at('2026-03-10', '00:00') - 1 }), on('2026-03-10', { linkId: 'new', firstAt: at('2026-03-10', '00:00'), lastAt: at('2026-03-10', '00:00') })
    ])
    await store.openings.purge('2026-03-10')
    t.match(await kept(store), [{ id: linkId, days: [{ day: '2026-03-10' }] }, { id: 'new' }])
    t.equal(await store.openings.find(memberId, 'old'), undefined)
    t.strictSame(await store.openings.users(memberId, 'old', '0000', 10), [])
  })

  await t.test('what is uninstalled is forgotten, and so is what was counted a moment after', async (t) => {
    const store = await opened(t, [count, { ...count, memberId: 'other' }])
    for (const id of [memberId, 'other']) await store.install({ ...installed, memberId: id }, 10)
    const other = await kept(store, 'other')
    await store.markUninstalled(memberId, 30)
    t.strictSame(await kept(store), [])
    t.equal(await store.openings.find(memberId, linkId), undefined)
    await store.openings.record([count])
    await store.openings.purge('2026-03-01')
    t.strictSame(await kept(store), [])
    t.equal(await store.openings.find(memberId, linkId), undefined)
    t.strictSame(await kept(store, 'other'), other)
    await store.recordPortal(portal, 40)
    await store.openings.record([count])
    await store.openings.purge('2026-03-01')
    t.match(await kept(store), [{ days: [{ times: 2 }] }], 'a portal that came back is counted anew')
  })

  await t.test('texts of a link are only text', async (t) => {
    const params = { "'; drop table links; --": ['"?$1', '\u0000', '😀'] }
    const { openings } = await opened(t, [{ ...count, linkId: "' or 1=1", params: JSON.stringify(params) }])
    t.strictSame((await openings.find(memberId, "' or 1=1"))?.params, params)
  })
}
