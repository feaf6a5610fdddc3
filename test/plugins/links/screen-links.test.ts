import { createHash, randomBytes } from 'node:crypto'
import { Type } from '@sinclair/typebox'
import t from 'tap'
import { parseSliderLink } from '../../../src/http/slider-link.ts'
import { createLinkSigner } from '../../../plugins/links/link-signature.ts'
import { createScreenLinks } from '../../../plugins/links/screen-links.ts'
import { createScreen, type ScreenDeclaration } from '../../../plugins/links/screen.ts'

const portal = { memberId: 'm1', endpoint: 'https://portal.example/rest/' }
let time = 1_795_000_000_000
const now = () => time
const links = createScreenLinks({ appCode: 'local.1', signer: createLinkSigner([randomBytes(32)]), now })
const screen = (settings: Partial<ScreenDeclaration> = {}) =>
  createScreen({
    name: 'part',
    source: 'part.ts',
    title: 'Part',
    params: Type.Object(
      { docId: Type.Integer(), note: Type.Optional(Type.String()) }
    ),
    ...settings
  })

/** What the call carries that a link leads to. */
const options = (path: string) => parseSliderLink(path).params as Record<string, unknown>

await t.test('screen links: hold the screen and its parameters', async t => {
  const link = links.write(screen(), { docId: 42 }, { portal })
  t.strictSame(link, {
    id: link.id,
    path: '/marketplace/view/local.1/?params%5Bscreen%5D=part&params%5BdocId%5D=42',
    url: 'https://portal.example/marketplace/view/local.1/?params%5Bscreen%5D=part&params%5BdocId%5D=42'
  })
  t.strictSame(
    links.read(screen(), options(link.path), 'm1'), { params: { docId: 42 }, linkId: link.id, writtenBy: undefined }
  )
})

await t.test('screen links: have one id however they are opened', async t => {
  const { id } = links.write(screen(), { docId: 42 }, { portal })
  t.match(id, /^[\w-]{16}$/)
  t.equal(links.read(
    screen(), { screen: 'part', docId: 42, URI: '/stream/' }, 'm1'
  ).linkId, id, 'by openApplication, with a number')
  t.equal(links.write(screen({ signed: { expiresIn: 60 } }), { docId: 42 }, { portal }).id, id, 'signed')
  t.not(links.write(screen(), { docId: 43 }, { portal }).id, id)
  t.not(links.write(screen({ name: 'other' }), { docId: 42 }, { portal }).id, id)
})

await t.test('screen links: have one id however parameters are written', async t => {
  const params = Type.Object({
    docId: Type.Integer(),
    wide: Type.Optional(Type.Boolean()),
    page: Type.Integer({ default: 1 }),
    filter: Type.Optional(Type.Object({ city: Type.String(), sizes: Type.Array(Type.Integer()) }))
  })
  const idOf = (carried: Record<string, unknown>) => links.read(
    screen({ params }), { screen: 'part', ...carried }, 'm1'
  ).linkId
  const filter = { city: 'Köln', sizes: ['1', '2'] }
  const { id } = links.write(
    screen({ params }), { docId: 42, wide: true, filter: { city: 'Köln', sizes: [1, 2] } }, { portal }
  )
  const same: Array<[name: string, carried: Record<string, unknown>]> = [
    ['as it was written', { docId: '42', wide: 'true', page: '1', filter }],
    ['another word for the same', { docId: '42', wide: '1', page: '1', filter }],
    ['without its defaults', { docId: '42', wide: 'Y', filter }],
    ['in another order', { filter: { sizes: ['1', '2'], city: 'Köln' }, wide: 'true', docId: '42' }],
    ['with what nobody declared', { docId: '42', wide: 'true', filter: { ...filter, junk: '1' }, junk: ['1'] }],
    ['typed', { docId: 42, wide: true, filter: { city: 'Köln', sizes: [1, 2] } }]
  ]
  for (const [name, carried] of same) t.equal(idOf(carried), id, name)
  for (const carried of [{ docId: '42', filter }, {
    docId: '42', wide: '0', filter
  }, { docId: '42', wide: '1', filter: { ...filter, sizes: ['2', '1'] } }]) {
    t.not(idOf(carried), id, JSON.stringify(carried))
  }
})

await t.test('screen links: open a signed screen on their own portal only', async t => {
  const signed = screen({ signed: true })
  const { path } = links.write(signed, { docId: 42 }, { portal })
  const carried = options(path)
  t.strictSame(Object.keys(carried), ['screen', 'docId', 'sig'])
  t.strictSame(links.read(signed, { ...carried, URI: '/stream/' }, 'm1').params, { docId: 42 })
  const { sig, ...unsigned } = carried
  for (const [name, options, memberId] of [
    ['a changed parameter', { ...carried, docId: '43' }, 'm1'],
    ['an added one', { ...carried, note: 'x' }, 'm1'],
    ['one that nobody declared', { ...carried, admin: '1' }, 'm1'],
    ['an end', { ...carried, exp: '1795000060' }, 'm1'],
    ['another portal', carried, 'm2'],
    ['no signature', unsigned, 'm1'],
    ['a signature that is no text', { ...carried, sig: { a: sig } }, 'm1'],
    ['an object as signature, whose text cannot be asked for', { ...carried, sig: { toString: '1' } }, 'm1'],
    ['an object as end', { ...carried, exp: { toString: '1' } }, 'm1'],
    ['an object as writer', { ...carried, by: { toString: '1' } }, 'm1'],
    ['a writer', { ...carried, by: '7' }, 'm1'],
    ['an empty one', { ...carried, sig: '' }, 'm1']
  ] as const) {
    t.throws(
      () => links.read(signed, options, memberId), { code: 'B24_ERR_LINK_SIGNATURE', statusCode: 403 }, name
    )
  }
})

await t.test('screen links: hand over what was signed, whatever the call says', async t => {
  const note = Type.Union([Type.Null(), Type.Boolean(), Type.Number(), Type.String()])
  const params = Type.Object({ docId: Type.Integer(), note: Type.Optional(note), any: Type.Optional(Type.Unknown()) })
  const signed = screen({ signed: true, params })
  const rows: Array<[text: string, raw: unknown]> = [
    ['null', null], ['true', true], ['false', false], ['1', 1], ['1.5', 1.5], ['1e+21', 1e21], ['0', -0]
  ]
  for (const [text, raw] of rows) {
    const carried = options(links.write(signed, { docId: 42, note: text, any: { deep: [text] } }, { portal }).path)
    const asWritten = links.read(signed, carried, 'm1')
    t.strictSame(asWritten.params, { docId: 42, note: text, any: { deep: [text] } })
    const retyped = { ...carried, docId: 42, note: raw, any: { deep: [raw] } }
    t.strictSame(links.read(signed, retyped, 'm1'), asWritten, text)
    t.strictSame(
      links.read(signed, { ...retyped, any: { deep: { 0: text } } }, 'm1'), asWritten, 'a list written as an object'
    )
  }
  const carried = options(links.write(signed, { docId: 42, note: '1.0', any: { deep: ['x'] } }, { portal }).path)
  const changed: Array<[name: string, changes: object]> = [
    ['another text of the same number', { note: 1 }],
    ['a list instead of a text', { note: ['1.0'] }],
    ['an undeclared key', { toString: 'x' }],
    ['an undeclared key further down', { any: { deep: ['x'], valueOf: 'x' } }],
    ['an empty one', { any: { deep: ['x'], more: {} } }],
    ['another item', { any: { deep: ['x', null] } }],
    ['a list around it', { any: [{ deep: ['x'] }] }]
  ]
  for (const [name, changes] of changed) {
    t.throws(() => links.read(signed, { ...carried, ...changes }, 'm1'), { code: 'B24_ERR_LINK_SIGNATURE' }, name)
  }
})

await t.test('screen links: read values that are no text when not signed', async t => {
  const params = Type.Object({ note: Type.Union([Type.Null(), Type.String()]) })
  t.strictSame(links.read(screen({ params }), { screen: 'part', note: null }, 'm1').params, { note: null })
})

await t.test('screen links: stay good when a mail program rewrites them', async t => {
  const params = Type.Object({
    docId: Type.Integer(),
    city: Type.String(),
    sizes: Type.Array(Type.Integer()),
    filter: Type.Object({ zip: Type.String(), area: Type.Object({ b: Type.String(), a: Type.String() }) })
  })
  const signed = screen({ signed: { expiresIn: 60 }, params })
  const sizes = Array.from({ length: 12 }, (_, index) => index + 100)
  const link = links.write(signed, {
    docId: 42, city: 'Köln am Rhein', sizes, filter: { zip: '50667', area: { b: '2', a: '1' } }
  }, { portal, by: 7 })
  const asWritten = links.read(signed, options(link.path), 'm1')
  const [page = '', query = ''] = link.path.split('?')
  const pairs = query.split('&')
  const rows: Array<[name: string, path: string]> = [
    ['sorted', `${page}?${pairs.toSorted().join('&')}`],
    ['the other way round', `${page}?${pairs.toReversed().join('&')}`],
    ['with brackets as they are', link.path.replaceAll('%5B', '[').replaceAll('%5D', ']')],
    ['in lower case', link.path.replaceAll(/%../g, code => code.toLowerCase())],
    ['with blanks as plus', link.path.replaceAll('%20', '+')],
    ['with letters as they are', link.path.replaceAll('%C3%B6', 'ö')],
    ['by another page of the portal', link.path.replace('/marketplace/', '/market/')]
  ]
  for (const [name, path] of rows) {
    t.not(path, link.path, name)
    t.strictSame(links.read(signed, options(path), 'm1'), asWritten, name)
  }
  const carried = options(link.path)
  t.throws(() => links.read(
    signed, { ...carried, sizes: sizes.map(String).reverse() }, 'm1'
  ), { code: 'B24_ERR_LINK_SIGNATURE' }, 'the order of a list counts')
})

await t.test('screen links: end when their time is over', async t => {
  const expiring = screen({ signed: { expiresIn: 3600 } })
  const { path, expiresAt } = links.write(expiring, { docId: 42 }, { portal })
  t.equal(expiresAt, 1_795_003_600)
  const carried = options(path)
  t.equal(carried['exp'], '1795003600')
  const rows: Array<[
    seconds: number, isOpen: boolean
  ]> = [[-60, true], [0, true], [3599, true], [3600, false], [1e9, false]]
  for (const [seconds, isOpen] of rows) {
    time = 1_795_000_000_000 + seconds * 1000
    if (isOpen) t.strictSame(links.read(expiring, carried, 'm1').params, { docId: 42 }, `after ${seconds} s`)
    else {
      t.throws(
        () => links.read(expiring, carried, 'm1'),
        { code: 'B24_ERR_LINK_EXPIRED', statusCode: 403 },
        `after ${seconds} s`
      )
    }
  }
  time = 1_795_000_000_000
  t.throws(() => links.read(
    expiring, { ...carried, exp: '1795003601' }, 'm1'
  ), { code: 'B24_ERR_LINK_SIGNATURE' }, 'nobody moves the end')
  t.throws(() => links.read(screen({ signed: { expiresIn: 60 } }), carried, 'm1'), {
    code: 'B24_ERR_LINK_EXPIRED'
  }, 'an end in a future that the screen does not allow any more')
  t.throws(() => links.read(
    expiring, options(links.write(screen({ signed: true }), { docId: 42 }, { portal }).path), 'm1'
  ), { code: 'B24_ERR_LINK_EXPIRED' }, 'no end at all')
})

await t.test('screen links: keep their end when the screen needs none any more', async t => {
  const carried = options(links.write(screen({ signed: { expiresIn: 3600 } }), { docId: 42 }, { portal }).path)
  const timeless = screen({ signed: true })
  t.strictSame(links.read(timeless, carried, 'm1').params, { docId: 42 })
  time += 3_600_000
  t.teardown(() => { time -= 3_600_000 })
  t.throws(() => links.read(timeless, carried, 'm1'), { code: 'B24_ERR_LINK_EXPIRED' })
})

await t.test('screen links: say who wrote them when they are signed', async t => {
  const signed = screen({ signed: true })
  const link = links.write(signed, { docId: 42 }, { portal, by: 7 })
  const carried = options(link.path)
  t.strictSame(Object.keys(carried), ['screen', 'docId', 'by', 'sig'])
  t.strictSame(links.read(signed, carried, 'm1'), { params: { docId: 42 }, linkId: link.id, writtenBy: 7 })
  t.equal(links.write(signed, { docId: 42 }, { portal, by: 8 }).id, link.id, 'it is one link, whoever wrote it')
  const { by, ...anonymous } = carried
  t.equal(by, '7')
  for (const changed of [{ ...carried, by: '8' }, { ...carried, by: '07' }, anonymous]) {
    t.throws(() => links.read(signed, changed, 'm1'), { code: 'B24_ERR_LINK_SIGNATURE' })
  }
  t.notMatch(links.write(screen(), { docId: 42 }, { portal, by: 7 }).path, 'by', 'what nobody signed proves nothing')
  t.equal(links.read(screen(), { screen: 'part', docId: '42', by: '7' }, 'm1').writtenBy, undefined)
})

await t.test('screen links: are not written when they are too long', async t => {
  const room = 2000 - links.write(screen(), { docId: 42, note: 'x' }, { portal }).url.length + 1
  t.equal(links.write(screen(), { docId: 42, note: 'x'.repeat(room) }, { portal }).url.length, 2000)
  t.throws(() => links.write(screen(), { docId: 42, note: 'x'.repeat(room + 7) }, { portal }),
    { code: 'B24_ERR_LINK', message: 'the link is 7 characters longer than 2000' })
})

await t.test('screen links: are not read when no link could carry them', async t => {
  const params = Type.Object({ it: Type.Unknown() })
  const room = 2000 - links.write(
    screen({ params }), { it: 'x' }, { portal: { ...portal, endpoint: 'https://a.b/' } }
  ).url.length + 1
  const rows: Array<[name: string, it: unknown, isRead: boolean]> = [
    ['the longest text', 'x'.repeat(room), true],
    ['a longer text', 'x'.repeat(2000), false],
    ['a text that is longer when it is encoded', 'ö'.repeat(400), false],
    ['half of a character', '\ud800'.repeat(400), false],
    ['a long key', { ['x'.repeat(2000)]: '1' }, false],
    ['many values', Array.from({ length: 200 }, () => ''), false],
    ['many values that are no text', Array.from({ length: 200 }, () => 1), false],
    ['many empty ones', Array.from({ length: 300 }, () => ({})), false],
    ['a long key above others', { ['x'.repeat(900)]: { a: 'a', b: 'b', c: 'c' } }, false]
  ]
  for (const signed of [undefined, true] as const) {
    for (const [name, it, isRead] of rows) {
      const read = () => links.read(screen({ params, ...(signed && { signed }) }), { screen: 'part', it }, 'm1')
      const code = isRead && signed ? 'B24_ERR_LINK_SIGNATURE' : 'B24_ERR_OPTIONS_MISMATCH'
      if (isRead && !signed) t.strictSame(read().params, { it }, name)
      else t.throws(read, { code, ...(!isRead && { reason: 'length', parameter: '' }) }, name)
    }
  }
})

await t.test('screen links: have another id with another key or portal', async t => {
  const [link, other] = ['m1', 'm2'].map(
    memberId => links.write(screen(), { docId: 42 }, { portal: { ...portal, memberId } })
  )
  t.not(link?.id, other?.id)
  const guess = createHash('sha256').update(
    JSON.stringify(['part', { docId: '42' }])
  ).digest('base64url').slice(0, 16)
  t.not(link?.id, guess)
  const elsewhere = createScreenLinks({ appCode: 'local.1', signer: createLinkSigner([randomBytes(32)]), now })
  t.not(elsewhere.write(screen(), { docId: 42 }, { portal }).id, link?.id)
})

await t.test('screen links: name the parameters that do not fit', async t => {
  t.throws(() => links.read(
    screen(), { screen: 'part', docId: 'x' }, 'm1'
  ), { code: 'B24_ERR_OPTIONS_MISMATCH', parameter: 'docId' })
})
