import t from 'tap'
import { createRecentReports } from '../../../../plugins/links/visits/recent-reports.ts'
import type { LinkReport } from '../../../../plugins/links/visits/visit-types.ts'

const report = (id: string, text = ''): LinkReport => (
  { id, screen: 'part', params: { text }, total: 1, days: [{ day: '2026-03-10', times: 1 }], users: [] }
)
const clock = { now: 1000 }
const create = (maxBytes = 100_000) => createRecentReports(5000, maxBytes, () => clock.now)

await t.test('recent reports: share a reading that is under way', async t => {
  const reports = create()
  const { promise, resolve } = Promise.withResolvers<LinkReport[]>()
  let readings = 0
  const read = () => {
    readings++
    return promise
  }
  const asked = [reports.share('m', 'all', read), reports.share('m', 'all', read)]
  resolve([report('a')])
  for (const answer of asked) t.match(await answer, [{ id: 'a' }])
  t.equal(readings, 1)
})

await t.test('recent reports: read anew when something changes meanwhile', async t => {
  const reports = create()
  const { promise, resolve } = Promise.withResolvers<LinkReport[]>()
  const before = reports.share('m', 'all', () => promise)
  reports.forget('m')
  const after = reports.share('m', 'all', async () => [report('new')])
  resolve([report('old')])
  t.match(await before, [{ id: 'old' }])
  t.match(await after, [{ id: 'new' }])
  t.match(await reports.share('m', 'all', async () => []), [{ id: 'new' }])
  reports.forget('other')
  t.match(await reports.share('m', 'all', async () => []), [{ id: 'new' }])
})

await t.test('recent reports: try again when a reading fails', async t => {
  const reports = create()
  const { promise, reject } = Promise.withResolvers<LinkReport[]>()
  const asked = reports.share('m', 'all', () => promise)
  reports.forget('m')
  reject(new Error('gone'))
  await t.rejects(asked, /gone/)
  await t.rejects(reports.share('m', 'all', async () => { throw new Error('gone') }), /gone/)
  t.match(await reports.share('m', 'all', async () => [report('a')]), [{ id: 'a' }])
})

await t.test('recent reports: have a limit in bytes', async t => {
  const reports = create(10_000)
  const large = report('large', 'x'.repeat(3000))
  const { users, ...bare } = large
  t.ok(users)
  await reports.share('m', 'one', async () => [large])
  await reports.share('m', 'two', async () => [bare])
  t.strictSame(await reports.share('m', 'one', async () => []), [], 'the older one is gone')
  await reports.share('m', 'three', async () => [report('larger', 'x'.repeat(30_000))])
  t.strictSame(await reports.share('m', 'three', async () => []), [], 'what is too large is not kept')
})
