import { Type, type TObject } from '@sinclair/typebox'
import t from 'tap'
import { createScreen, screenTexts } from '../../../plugins/links/screen.ts'
import { createI18n } from '../../../plugins/page/i18n.ts'

const screen = (params: TObject, name = 'part') => createScreen({ source: 'part.ts', name, params, title: 'Part' })
const everything = Type.Object({
  id: Type.Integer({ minimum: 1 }),
  price: Type.Optional(Type.Number()),
  wide: Type.Optional(Type.Boolean()),
  tab: Type.Optional(Type.Union([Type.Literal('main'), Type.Literal('history')])),
  tags: Type.Optional(Type.Array(Type.String())),
  filter: Type.Optional(Type.Object({ city: Type.String(), sizes: Type.Array(Type.Integer()) })),
  day: Type.Optional(Type.String({ format: 'date' })),
  at: Type.Optional(Type.String({ format: 'date-time' }))
})

await t.test('createScreen: writes parameters as text and reads them typed', async t => {
  const params = {
    id: 42,
    price: 12.5,
    wide: true,
    tab: 'history',
    tags: ['a', 'b'],
    filter: { city: 'Köln', sizes: [1, 2] },
    day: '2026-11-23',
    at: '2026-11-23T10:00:00Z'
  }
  const carried = screen(everything).write(params)
  t.strictSame(carried, {
    id: '42',
    price: '12.5',
    wide: 'true',
    tab: 'history',
    tags: ['a', 'b'],
    filter: { city: 'Köln', sizes: ['1', '2'] },
    day: '2026-11-23',
    at: '2026-11-23T10:00:00Z'
  })
  t.strictSame(screen(everything).read(carried), params)
})

await t.test('createScreen: writes in the order of the schema, without gaps', async t => {
  t.strictSame(
    Object.entries(screen(everything).write({ tab: 'main', price: undefined, id: 1 })), [['id', '1'], ['tab', 'main']]
  )
  t.strictSame(screen(Type.Object({})).write({}), {})
})

await t.test('createScreen: turns what a form typed into the declared types', async t => {
  t.strictSame(screen(everything).write({ id: '42', wide: 'Y' }), { id: '42', wide: 'true' })
})

await t.test('createScreen: drops what the schema does not declare', async t => {
  t.strictSame(screen(everything).read({ id: '1', admin: '1' }), { id: 1 })
  const filter = { city: 'Köln', sizes: [1], admin: '1' }
  t.strictSame(screen(everything).read({ id: '1', filter }), { id: 1, filter: { city: 'Köln', sizes: [1] } })
  t.equal(filter.admin, '1', 'what was given stays as it was')
})

await t.test('createScreen: refuses what the schema refuses, both ways', async t => {
  const rows: Array<[params: Record<string, unknown>, parameter: string]> = [
    [{}, 'id'],
    [{ id: 'x' }, 'id'],
    [{ id: 0 }, 'id'],
    [{ id: 1, tab: 'none' }, 'tab'],
    [{ id: 1, filter: { city: 'Köln', sizes: ['x'] } }, 'filter.sizes.0'],
    [{ id: 1, day: '2026-02-30' }, 'day'],
    [{ id: 1, at: 'yesterday' }, 'at']
  ]
  for (const [params, parameter] of rows) {
    const expected = { code: 'B24_ERR_OPTIONS_MISMATCH', parameter }
    t.throws(() => screen(everything).write(params), expected, `write ${JSON.stringify(params)}`)
    t.throws(() => screen(everything).read(params), expected, `read ${JSON.stringify(params)}`)
  }
  t.throws(() => screen(everything).write({ id: 1, ID: 2 }), { code: 'B24_ERR_OPTIONS_MISMATCH', parameter: 'ID' })
})

await t.test('createScreen: refuses to write what would come back different', async t => {
  const loose = Type.Object({ value: Type.Union([Type.String(), Type.Integer()]) })
  t.throws(() => screen(loose).write({ value: 42 }), {
    code: 'B24_ERR_LINK', message: 'value would come back from the portal as something else'
  })
  t.throws(() => screen(everything).write({ id: 1, tags: [] }), { code: 'B24_ERR_LINK', message: /tags.* is empty/ })
  t.throws(() => screen(everything).write({ id: 1, tags: ['\0'] }), { code: 'B24_ERR_LINK' })
})

await t.test('createScreen: refuses a screen that no link could open', async t => {
  for (const name of ['', 'Part', '1', 'a'.repeat(51), '__proto__', 'a b']) {
    t.throws(() => screen(Type.Object({}), name), { code: 'B24_ERR_SCREEN' }, name)
  }
  t.throws(() => screen(Type.Object({ docId: Type.Ref('other') })), {
    code: 'B24_ERR_SCREEN', message: /^Screen part, declared in part.ts, has a property "docId" in its schema that TypeBox cannot check \(/
  })
  for (const name of ['screen', 'sig', 'exp', 'by', 'URI']) {
    t.throws(() => screen(Type.Object({ [name]: Type.String() })), {
      message: `Screen part, declared in part.ts, may not declare a parameter "${name}": that name belongs to the link`
    })
  }
})

await t.test('screenTexts: finds a text of the locales in the asked language', async t => {
  const i18n = createI18n(t.testdir({
    'en.json': '{ "screen.part.title": "Part", "screen.part.id.help": "As on its label" }',
    'de.json': '{ "screen.part.title": "Teil" }'
  }))
  const textOf = screenTexts(i18n, 'de')
  const rows: Array<[screen: string, key: string, text: string | undefined]> = [
    ['part', 'title', 'Teil'], ['part', 'id.help', 'As on its label'], ['part', 'id', undefined],
    ['shelf', 'title', undefined]
  ]
  for (const [screen, key, text] of rows) t.equal(textOf(screen, key), text, `${screen} ${key}`)
})
