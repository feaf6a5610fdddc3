import { randomBytes } from 'node:crypto'
import { Type } from '@sinclair/typebox'
import t from 'tap'
import { parseSliderLink } from '../../../src/links.ts'
import { createLinkSigner } from '../../../src/screens/link-signature.ts'
import { createScreenLinks } from '../../../src/screens/screen-links.ts'
import { createScreen, type ScreenDeclaration } from '../../../src/screens/screen.ts'

const portal = { memberId: 'm1', endpoint: 'https://portal.example/rest/' }
let time = 1_795_000_000_000
const now = () => time
const links = createScreenLinks({ appCode: 'local.1', signer: createLinkSigner([randomBytes(32)]), now })
const screen = (settings: Partial<ScreenDeclaration> = {}) =>
  createScreen({ name: 'document', title: 'Document', source: 'document.ts', params: Type.Object({ docId: Type.Integer(), note: Type.Optional(Type.String()) }), ...settings })

/** What the call carries that a link leads to. */
const options = (path: string) => parseSliderLink(path).params as Record<string, unknown>

await t.test('a link holds the screen and its parameters, for the portal', async t => {
  const link = links.write(screen(), { docId: 42 }, { portal })
  t.strictSame(link, {
    id: link.id,
    path: '/marketplace/view/local.1/?params%5Bscreen%5D=document&params%5BdocId%5D=42',
    url: 'https://portal.example/marketplace/view/local.1/?params%5Bscreen%5D=document&params%5BdocId%5D=42'
  })
  t.strictSame(links.read(screen(), options(link.path), 'm1'), { params: { docId: 42 }, linkId: link.id, writtenBy: undefined })
})

await t.test('a link has one id, however it is opened', async t => {
  const { id } = links.write(screen(), { docId: 42 }, { portal })
  t.match(id, /^[\w-]{16}$/)
  t.equal(links.read(screen(), { screen: 'document', docId: 42, URI: '/stream/' }, 'm1').linkId, id, 'by openApplication, with a number')
  t.equal(links.write(screen({ signed: { expiresIn: 60 } }), { docId: 42 }, { portal }).id, id, 'signed')
  t.not(links.write(screen(), { docId: 43 }, { portal }).id, id)
  t.not(links.write(screen({ name: 'other' }), { docId: 42 }, { portal }).id, id)
})

await t.test('a link has one id, however its parameters are written', async t => {
  const params = Type.Object({
    docId: Type.Integer(),
    wide: Type.Optional(Type.Boolean()),
    page: Type.Integer({ default: 1 }),
    filter: Type.Optional(Type.Object({ city: Type.String(), sizes: Type.Array(Type.Integer()) }))
  })
  const idOf = (carried: Record<string, unknown>) => links.read(screen({ params }), { screen: 'document', ...carried }, 'm1').linkId
  const filter = { city: 'Köln', sizes: ['1', '2'] }
  const { id } = links.write(screen({ params }), { docId: 42, wide: true, filter: { city: 'Köln', sizes: [1, 2] } }, { portal })
  const same: Array<[name: string, carried: Record<string, unknown>]> = [
    ['as it was written', { docId: '42', wide: 'true', page: '1', filter }],
    ['another word for the same', { docId: '42', wide: '1', page: '1', filter }],
    ['without its defaults', { docId: '42', wide: 'Y', filter }],
    ['in another order', { filter: { sizes: ['1', '2'], city: 'Köln' }, wide: 'true', docId: '42' }],
    ['with what nobody declared', { docId: '42', wide: 'true', filter: { ...filter, junk: '1' }, junk: ['1'] }],
    ['typed', { docId: 42, wide: true, filter: { city: 'Köln', sizes: [1, 2] } }]
  ]
  for (const [name, carried] of same) t.equal(idOf(carried), id, name)
  for (const carried of [{ docId: '42', filter }, { docId: '42', wide: '0', filter }, { docId: '42', wide: '1', filter: { ...filter, sizes: ['2', '1'] } }]) {
    t.not(idOf(carried), id, JSON.stringify(carried))
  }
})

await t.test('a signed screen opens by links of this service for this portal only', async t => {
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
  ] as const) t.throws(() => links.read(signed, options, memberId), { code: 'B24_ERR_LINK_SIGNATURE', statusCode: 403 }, name)
})

await t.test('a link ends when its time is over', async t => {
  const expiring = screen({ signed: { expiresIn: 3600 } })
  const { path, expiresAt } = links.write(expiring, { docId: 42 }, { portal })
  t.equal(expiresAt, 1_795_003_600)
  const carried = options(path)
  t.equal(carried['exp'], '1795003600')
  const rows: Array<[seconds: number, isOpen: boolean]> = [[-60, true], [0, true], [3599, true], [3600, false], [1e9, false]]
  for (const [seconds, isOpen] of rows) {
    time = 1_795_000_000_000 + seconds * 1000
    if (isOpen) t.strictSame(links.read(expiring, carried, 'm1').params, { docId: 42 }, `after ${seconds} s`)
    else t.throws(() => links.read(expiring, carried, 'm1'), { code: 'B24_ERR_LINK_EXPIRED', statusCode: 403 }, `after ${seconds} s`)
  }
  time = 1_795_000_000_000
  t.throws(() => links.read(expiring, { ...carried, exp: '1795003601' }, 'm1'), { code: 'B24_ERR_LINK_SIGNATURE' }, 'nobody moves the end')
  t.throws(() => links.read(screen({ signed: { expiresIn: 60 } }), carried, 'm1'), { code: 'B24_ERR_LINK_EXPIRED' }, 'an end in a future that the screen does not allow any more')
  t.throws(() => links.read(expiring, options(links.write(screen({ signed: true }), { docId: 42 }, { portal }).path), 'm1'), { code: 'B24_ERR_LINK_EXPIRED' }, 'no end at all')
})

await t.test('an end holds, even if the screen needs none any more', async t => {
  const carried = options(links.write(screen({ signed: { expiresIn: 3600 } }), { docId: 42 }, { portal }).path)
  const timeless = screen({ signed: true })
  t.strictSame(links.read(timeless, carried, 'm1').params, { docId: 42 })
  time += 3_600_000
  t.teardown(() => { time -= 3_600_000 })
  t.throws(() => links.read(timeless, carried, 'm1'), { code: 'B24_ERR_LINK_EXPIRED' })
})

await t.test('a signed link says who wrote it, and nobody can claim to be somebody else', async t => {
  const signed = screen({ signed: true })
  const link = links.write(signed, { docId: 42 }, { portal, by: 7 })
  const carried = options(link.path)
  t.strictSame(Object.keys(carried), ['screen', 'docId', 'by', 'sig'])
  t.strictSame(links.read(signed, carried, 'm1'), { params: { docId: 42 }, linkId: link.id, writtenBy: 7 })
  t.equal(links.write(signed, { docId: 42 }, { portal, by: 8 }).id, link.id, 'it is one link, whoever wrote it')
  const { by, ...anonymous } = carried
  t.equal(by, '7')
  for (const changed of [{ ...carried, by: '8' }, { ...carried, by: '07' }, anonymous]) t.throws(() => links.read(signed, changed, 'm1'), { code: 'B24_ERR_LINK_SIGNATURE' })
  t.notMatch(links.write(screen(), { docId: 42 }, { portal, by: 7 }).path, 'by', 'what nobody signed proves nothing')
  t.equal(links.read(screen(), { screen: 'document', docId: '42', by: '7' }, 'm1').writtenBy, undefined)
})

await t.test('a link that is too long is not written', async t => {
  const room = 2000 - links.write(screen(), { docId: 42, note: 'x' }, { portal }).url.length + 1
  t.equal(links.write(screen(), { docId: 42, note: 'x'.repeat(room) }, { portal }).url.length, 2000)
  t.throws(() => links.write(screen(), { docId: 42, note: 'x'.repeat(room + 7) }, { portal }),
    { code: 'B24_ERR_LINK', message: 'the link is 7 characters longer than 2000' })
})

await t.test('parameters that do not fit are named', async t => {
  t.throws(() => links.read(screen(), { screen: 'document', docId: 'x' }, 'm1'), { code: 'B24_ERR_OPTIONS_MISMATCH', parameter: 'docId' })
})
