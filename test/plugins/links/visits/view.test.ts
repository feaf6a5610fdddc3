import { Type, type TObject } from '@sinclair/typebox'
import t from 'tap'
import { barsOf, visitsLines } from '../../../../plugins/links/visits/view.ts'
import { createScreen } from '../../../../plugins/links/screen.ts'

await t.test('barsOf: draws days on a scale from zero', async t => {
  const days = [0, 12, 0, 6, 0.1].map((times, index) => ({ day: `2026-11-0${index + 1}`, times }))
  t.strictSame(barsOf(days, 12), [{ x: 2, y: 0, height: 24 }, { x: 6, y: 12, height: 12 }, { x: 8, y: 23, height: 1 }])
  t.strictSame(barsOf(days, 24).map(({ height }) => height), [12, 6, 1])
  t.strictSame(barsOf([], 12), [])
})

const none = () => undefined

type Arguments = Parameters<typeof visitsLines>
/** The line of one link. */
const visitsLine = (report: Arguments[0][number], ...rest: [
  Arguments[1], Arguments[2], Arguments[3]
]) => visitsLines([report], ...rest).lines[0]

const partOf = (params: TObject) => ({ name: 'part', source: 'part.ts', title: 'Part', params })
const german = { lang: 'de', tag: 'de' }
const days = [{ day: '2026-11-22', times: 0 }, { day: '2026-11-23', times: 3 }]

await t.test('visitsLines: show the title of the screen and the parameters', async t => {
  const screens = [createScreen({ ...partOf(Type.Object({})), title: { en: 'Part', de: 'Teil' } })]
  const report = { id: 'abcdefghijklmnop', screen: 'part', params: { id: 42 }, total: 3, days }
  t.strictSame(visitsLine(report, screens, none, german), {
    id: 'abcdefghijklmnop',
    title: 'Teil',
    params: [{ label: 'id', values: ['42'] }],
    total: '3',
    users: [],
    hasMoreUsers: false,
    most: '3',
    bars: [{ x: 2, y: 0, height: 24 }],
    ends: [{ day: '2026-11-22', text: '22. Nov.' }, { day: '2026-11-23', text: '23. Nov.' }]
  })
  const users = [{ userId: 1, times: 1500, firstAt: 1, lastAt: 2 }]
  t.match(visitsLine(
    { ...report, screen: 'gone', users }, screens, none, german
  ), { title: 'gone', params: [{ label: 'id', values: ['42'] }], users: [{ userId: 1, times: '1.500' }] })
  t.match(visitsLine(report, screens, (screen, key) => `${key} of ${screen}`, german), { title: 'title of part' })
  const many = Array.from({ length: 21 }, (_, userId) => ({ userId, times: 1, firstAt: 1, lastAt: 1 }))
  const lineFor = (count: number) => visitsLine({ ...report, users: many.slice(0, count) }, screens, none, german)
  t.strictSame(
    [20, 21].map(count => [lineFor(count)?.users.length, lineFor(count)?.hasMoreUsers]), [[20, false], [20, true]]
  )
})

await t.test('visitsLines: draw all links on one scale', async t => {
  const report = { id: 'abc', screen: 'part', params: {}, total: 1, days }
  const busy = { ...report, days: [{ day: '2026-11-22', times: 1200 }] }
  const { lines, scale } = visitsLines([report, busy], [], none, german)
  t.equal(scale, '0–1.200')
  t.strictSame(lines.map(({ bars, most }) => [bars[0]?.height, most]), [[1, '3'], [24, '1.200']])
  const unseen = { ...report, days: [{ day: '2026-11-22', times: 0 }] }
  t.equal(visitsLines([unseen], [], none, german).scale, '0–1')
})

await t.test('visitsLines: label parameters as the composer does', async t => {
  const params = Type.Object({
    id: Type.Integer({ title: 'Number' }),
    tab: Type.Union([Type.Literal('a', { title: 'Alpha' }), Type.Literal(2, { title: 'Two' })], { title: 'Tab' }),
    tags: Type.Array(Type.String(), { title: 'Tags' }),
    kinds: Type.Array(Type.Literal('x', { title: 'Kind X' })),
    place: Type.Object({ city: Type.String({ title: 'City' }) }, { title: 'Place' }),
    stops: Type.Array(Type.Object({ city: Type.String({ title: 'City' }), floor: Type.Integer() }), { title: 'Stops' }),
    authorId: Type.Integer({ title: 'Author', composer: false })
  })
  const screens = [createScreen(partOf(params))]
  const texts = new Map([['id', 'Nummer'], ['stops.city', 'Ort'], ['tab.choice.2', 'Zwei']])
  const values = {
    id: 7,
    tab: 2,
    tags: ['a', 'b'],
    kinds: ['x', 'y'],
    place: { city: 'Köln' },
    stops: [{ city: 'Köln', floor: 1 }, { city: 'Bonn', floor: 2 }],
    authorId: 3,
    gone: { deep: [null] }
  }
  t.strictSame(visitsLine(
    { id: 'abc', screen: 'part', params: values, total: 1, days }, screens, (screen, key) => texts.get(key), german
  )?.params, [
    { label: 'Nummer', values: ['7'] },
    { label: 'Tab', values: ['Zwei'] },
    { label: 'Tags', values: ['a', 'b'] },
    { label: 'kinds', values: ['Kind X', 'y'] },
    { label: 'Place · City', values: ['Köln'] },
    { label: 'Stops 1 · Ort', values: ['Köln'] },
    { label: 'Stops 1 · floor', values: ['1'] },
    { label: 'Stops 2 · Ort', values: ['Bonn'] },
    { label: 'Stops 2 · floor', values: ['2'] },
    { label: 'Author', values: ['3'] },
    { label: 'gone · deep', values: ['null'] }
  ])
})

await t.test('visitsLines: tell which values are people', t => {
  const params = Type.Object({
    id: Type.Integer({ title: 'Host', pick: 'user' }), dealId: Type.Integer({ title: 'Deal', pick: 'deal' })
  })
  const meeting = [createScreen(partOf(params))]
  const report = { id: 'abcdefghijklmnop', screen: 'part', params: { id: 2, dealId: 5 }, total: 3, days }
  t.strictSame(visitsLine(report, meeting, none, german)?.params, [
    { label: 'Host', values: ['2'], arePeople: true }, { label: 'Deal', values: ['5'] }
  ])
  t.end()
})

await t.test('visitsLines: name the first and the last day in the language', async t => {
  const rows: Array<[days: string[], tag: string, ends: string[]]> = [
    [['2026-08-26', '2026-10-01', '2026-11-23'], 'en', ['Aug 26', 'Nov 23']],
    [['2026-08-26', '2026-11-23'], 'ar', ['26 أغسطس', '23 نوفمبر']],
    [['2025-12-31', '2026-01-01'], 'de', ['31. Dez. 2025', '1. Jan. 2026']],
    [['2026-11-23'], 'en', ['Nov 23']]
  ]
  for (const [days, tag, texts] of rows) {
    const line = visitsLine({
      id: 'abc', screen: 'part', params: {}, total: 0, days: days.map(day => ({ day, times: 0 }))
    }, [], none, { lang: 'en', tag })
    t.strictSame(line?.ends.map(({ text }) => text), texts)
  }
})
