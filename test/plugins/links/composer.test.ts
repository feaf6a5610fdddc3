import { Type } from '@sinclair/typebox'
import t from 'tap'
import { composerOf, durationText } from '../../../plugins/links/composer.ts'
import { createScreen } from '../../../plugins/links/screen.ts'

const none = () => undefined
const source = 'part.ts'
const german = { lang: 'de', tag: 'de' }
const params = Type.Object({ id: Type.Integer() })
const screens = [
  createScreen({
    source, name: 'part', params, title: { en: 'Part', de: 'Teil' }, description: { en: 'Shows a part' }
  }),
  createScreen({ source, name: 'report', params: Type.Object({}), title: '', signed: true }),
  createScreen({ source, name: 'offer', params: Type.Object({}), title: 'Offer', signed: { expiresIn: 3 * 86_400 } }),
  createScreen({ source, name: 'secret', params, title: 'Secret', composer: false })
]

await t.test('composerOf: offers screens that people may link to, translated', async t => {
  t.match(composerOf(screens, [], none, german).screens, [
    { name: 'part', title: 'Teil', description: 'Shows a part', isSigned: false, fields: [{ path: ['id'] }] },
    { name: 'report', title: 'report', description: '', isSigned: true, validFor: undefined, fields: [] },
    { name: 'offer', title: 'Offer', isSigned: true, validFor: '3 Tage' }
  ])
  t.equal(composerOf(screens, [], none, german).screens.length, 3)
})

await t.test('composerOf: opens the first form that has to be filled in', t => {
  const forms = {
    nothing: Type.Object({ tab: Type.Optional(Type.String()), isPaid: Type.Boolean() }),
    filled: Type.Object({ means: Type.String({ default: 'train' }), place: Type.Object({ city: Type.String() }) }),
    part: Type.Object({ tab: Type.Optional(Type.String()), id: Type.Integer() }),
    offer: Type.Object({ id: Type.Integer() })
  }
  const screens = Object.entries(forms).map(([name, params]) => createScreen({ source, name, params, title: name }))
  t.strictSame(composerOf(screens, [], none, german).screens.map(({ isOpen }) => isOpen), [false, false, true, false])
  t.end()
})

await t.test('composerOf: prefers texts of the locales to the declaration', async t => {
  const textOf = (screen: string, key: string) => screen === 'part' && key !== 'other' ? `text of ${key}` : undefined
  t.match(composerOf(screens, [], textOf, german).screens, [
    {
      name: 'part',
      title: 'text of title',
      description: 'text of description',
      fields: [
        { label: 'text of id', help: 'text of id.help' }
      ]
    },
    { title: 'report' },
    { title: 'Offer' }
  ])
})

await t.test('composerOf: names the missing permission of each channel', async t => {
  t.strictSame(composerOf([], ['im', 'crm', 'calendar'], none, german).channels, [
    { name: 'person', scope: 'im', isAllowed: true },
    { name: 'chat', scope: 'im', isAllowed: true },
    { name: 'feed', scope: 'log', isAllowed: false },
    { name: 'task', scope: 'task', isAllowed: false },
    { name: 'calendar', scope: 'calendar', isAllowed: true }
  ])
})

await t.test('composerOf: leaves out what people may not write, in groups too', async t => {
  const params = Type.Object({
    id: Type.Integer(),
    authorId: Type.Optional(Type.Integer({ composer: false })),
    filter: Type.Object({ city: Type.String(), source: Type.Optional(Type.String({ composer: false })) }),
    lines: Type.Array(Type.Object(
      { sku: Type.String(), price: Type.Optional(Type.Integer({ composer: false })) }
    ), { default: [{ sku: 'a', price: 7 }] }),
    kind: Type.Union([Type.Literal('a'), Type.Literal('b', { composer: false })])
  })
  const screen = createScreen({ source, name: 'part', params, title: 'Part' })
  const { screens: [part] } = composerOf([screen], [], none, german)
  t.strictSame(part?.fields.map(({ path, fields }) => [path, fields.map(({ path }) => path)]), [
    [['id'], []], [['filter'], [['filter', 'city']]], [['lines'], [['lines', 'sku']]], [['kind'], []]
  ])
  t.match(part?.fields.slice(2), [
    { value: '[{"sku":"a"}]', example: '[{"sku":"…"}]' }, { choices: [{ value: 'a' }] }
  ])
  t.equal(part?.fields.at(-1)?.choices.length, 1)
})

await t.test('durationText: takes the largest unit that fits, and rounds down', t => {
  const rows: Array<[seconds: number, tag: string, text: string]> = [
    [1, 'en', '1 second'], [20, 'en', '20 seconds'], [59, 'de', '59 Sekunden'], [60, 'en', '1 minute'],
    [90, 'en', '1.5 minutes'],
    [3599, 'en', '59.9 minutes'], [3600, 'en', '1 hour'], [3600, 'ru', '1 час'], [5400, 'de', '1,5 Stunden'],
    [86_399, 'en', '23.9 hours'], [86_400, 'en', '1 day'], [86_400, 'de', '1 Tag'], [30 * 86_400, 'pl', '30 dni'],
    [2 * 86_400, 'ar', 'يومان'],
    [0.5, 'en', '0.5 seconds']
  ]
  for (const [seconds, tag, text] of rows) t.equal(durationText(seconds, tag), text, `${seconds} ${tag}`)
  t.end()
})
