import { Type } from '@sinclair/typebox'
import t from 'tap'
import { barsOf, openingsLine } from '../../../src/screens/openings-view.ts'
import { createScreen } from '../../../src/screens/screen.ts'

await t.test('each day with openings is a bar, the busiest as high as the chart', async t => {
  const days = [0, 12, 0, 6, 0.1].map((times, index) => ({ day: `2026-11-0${index + 1}`, times }))
  t.strictSame(barsOf(days), { most: 12, bars: [{ x: 2, y: 0, height: 24 }, { x: 6, y: 12, height: 12 }, { x: 8, y: 22, height: 2 }] })
  t.strictSame(barsOf([]), { most: 0, bars: [] })
})

const none = () => undefined

await t.test('a link is shown with the title of its screen and what it carries', async t => {
  const screens = [createScreen({ name: 'part', params: Type.Object({}), title: { en: 'Part', de: 'Teil' }, source: 'part.ts' })]
  const report = { id: 'abcdefghijklmnop', screen: 'part', params: { id: 42, filter: { city: 'Köln' } }, total: 3, days: [{ day: '2026-11-23', times: 3 }] }
  t.strictSame(openingsLine(report, screens, none, 'de'), {
    id: 'abcdefghijklmnop',
    title: 'Teil',
    params: [{ name: 'id', value: '42', type: 'integer' }, { name: 'filter.city', value: 'Köln', type: 'string' }],
    total: 3,
    users: [],
    most: 3,
    bars: [{ x: 0, y: 0, height: 24 }]
  })
  const users = [{ userId: 1, times: 3, firstAt: 1, lastAt: 2 }]
  t.match(openingsLine({ ...report, screen: 'gone', users }, screens, none, 'de'), { title: 'gone', users })
  const { params, ...counts } = report
  t.ok(params)
  t.match(openingsLine(counts, screens, (screen, key) => `${key} of ${screen}`, 'de'), { title: 'title of part', params: [] })
})
