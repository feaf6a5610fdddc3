import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { OptionsMalformedError } from '../../../src/errors.ts'
import { decodePlacementOptions, resolveUri } from '../../../plugins/placement-options/decode.ts'

const nothing = { options: {}, uri: undefined }
const decode = (text?: string) => decodePlacementOptions(text, 'https://portal.example')

await t.test('decode: reads every form that portals send', async t => {
  const rows: Array<[name: string, text: string | undefined, options: object, uri?: string]> = [
    ['no field', undefined, {}],
    ['an empty field', '', {}],
    ['an empty list, as PHP writes an empty object', '[]', {}],
    ['an empty object', '{}', {}],
    ['parameters without any', '{"screen":"a","params":[]}', { screen: 'a', params: {} }],
    ['parameters that are a list', '{"params":["x"],"other":[]}', { params: ['x'], other: [] }],
    ['the word undefined', 'undefined', {}],
    ['the word undefined as JSON', '"undefined"', {}],
    ['null', 'null', {}],
    ['a number', '42', {}],
    ['true', 'true', {}],
    ['a text', '"foo"', {}],
    ['an object', '{"test":"y","docId":"42"}', { test: 'y', docId: '42' }],
    ['a list', '["x","y"]', { 0: 'x', 1: 'y' }],
    [
      'a list beside the page', '{"0":"x","1":"y","URI":"\\/crm\\/"}', { 0: 'x', 1: 'y' }, 'https://portal.example/crm/'
    ],
    ['one numeric key', '{"7":"x"}', { 7: 'x' }],
    ['a key twice: the last wins, as in PHP', '{"a":"1","a":"2"}', { a: '2' }],
    ['nested lists and objects', '{"a":[{"b":["1",2,null]}]}', { a: [{ b: ['1', 2, null] }] }],
    ['values that the portal has typed', '{"n":2,"f":0.5,"t":true,"x":null}', { n: 2, f: 0.5, t: true, x: null }],
    ['characters that PHP escapes', '{"a":"\\u0026\\u003C\\u003E\\u0027\\u0022\\/"}', { a: '&<>\'"/' }],
    ['other alphabets', '{"имя":"Ägypten 🗂"}', { имя: 'Ägypten 🗂' }],
    ['a page that is none of the portal', '{"URI":"javascript:alert(1)"}', {}],
    ['a page that is no text', '{"URI":["/crm/"],"a":"1"}', { a: '1' }],
    ['a page inside of an option is an option', '{"a":{"URI":"/crm/"}}', { a: { URI: '/crm/' } }]
  ]
  for (const [name, text, options, uri] of rows) t.strictSame(decode(text), { options, uri }, name)
})

await t.test('decode: refuses malformed text without repeating it', async t => {
  const rows: Array<[name: string, text: string, why: string]> = [
    ['text', 'secret', 'it is not JSON'],
    ['half an object', '{"a":"secret"', 'it is not JSON'],
    ['single quotes', "{'a':'secret'}", 'it is not JSON'],
    ['a query string', 'a=secret', 'it is not JSON'],
    ['__proto__', '{"__proto__":{"secret":1}}', 'a key names a prototype'],
    ['__proto__ in escapes', '{"\\u005f_proto__":{"secret":1}}', 'a key names a prototype'],
    ['constructor', '{"constructor":{"prototype":{"secret":1}}}', 'a key names a prototype'],
    ['prototype', '{"prototype":"secret"}', 'a key names a prototype'],
    ['__proto__ deep inside', '{"a":[{"b":{"__proto__":"secret"}}]}', 'a key names a prototype'],
    ['65 levels', '['.repeat(65) + '"secret"' + ']'.repeat(65), 'more than 64 levels'],
    ['1,000 levels', '{"secret":'.repeat(1000) + '1' + '}'.repeat(1000), 'more than 64 levels'],
    ['100,000 levels', '['.repeat(100_000) + ']'.repeat(100_000), 'more than 64 levels']
  ]
  for (const [name, text, why] of rows) {
    const message = `PLACEMENT_OPTIONS cannot be read: ${why}`
    t.throws(() => decode(text), { code: 'B24_ERR_PLACEMENT_OPTIONS', statusCode: 400, message }, name)
  }
  t.notOk('secret' in {}, 'Object.prototype is unchanged')
})

await t.test('decode: reads 64 levels and 128 KiB', async t => {
  t.doesNotThrow(() => decode('{"a":'.repeat(64) + '1' + '}'.repeat(64)))
  const long = 'x'.repeat(128 * 1024)
  t.strictSame(decode(JSON.stringify({ long })).options, { long })
})

await t.test('decode: returns plain objects at any depth', async t => {
  const { options } = decode('{"a":{"b":[{}]},"toString":"1"}')
  const { a } = options as { a: { b: object[] } } // the JSON of the line above
  const others = [undefined, '[1]'].map(text => decode(text).options)
  for (const value of [options, a, a.b[0], ...others]) {
    t.equal(Object.getPrototypeOf(value), Object.prototype)
  }
})

await t.test('decode: returns a new object each time', async t => {
  decode('').options['a'] = 1
  t.strictSame(decode(''), nothing)
})

await t.test('decode: leaves what PHP can encode unchanged', async t => {
  const special = ['__proto__', 'constructor', 'prototype', 'URI']
  const key = fc.string({ unit: 'grapheme' }).filter(name => !special.includes(name))
  const values = fc.dictionary(key, fc.jsonValue({ maxDepth: 3 }), { noNullPrototype: true })
    .map(value => JSON.stringify(value))
    .filter(text => !/"(__proto__|constructor|prototype)":/.test(text))
  t.doesNotThrow(() => fc.assert(fc.property(values, text =>
    JSON.stringify(decode(text).options) === text)))
})

await t.test('decode: decodes or refuses any text at all', async t => {
  t.doesNotThrow(() => fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), text => {
    try {
      return typeof decode(text).options === 'object'
    } catch (error) {
      return error instanceof OptionsMalformedError
    }
  })))
})

await t.test('decode: reads every documented payload', async t => {
  const folder = join(import.meta.dirname, '../../fixtures/payloads')
  for (const file of readdirSync(folder)) {
    const text = /"PLACEMENT_OPTIONS": ?("(?:[^"\\]|\\.)*")/.exec(readFileSync(join(folder, file), 'utf8'))?.[1]
    if (text !== undefined) t.doesNotThrow(() => decode(String(JSON.parse(text))), file)
  }
})

await t.test('resolveUri: returns an address on the portal, or undefined', async t => {
  const origin = 'https://portal.example'
  const rows: Array<[uri: string | undefined, expected: string | undefined]> = [
    [undefined, undefined],
    ['', `${origin}/`],
    ['/crm/deal/details/8061/', `${origin}/crm/deal/details/8061/`],
    ['crm/', `${origin}/crm/`],
    ['?a=1', `${origin}/?a=1`],
    [`${origin}/crm/`, `${origin}/crm/`],
    ['HTTPS://PORTAL.EXAMPLE:443/crm/', `${origin}/crm/`],
    ['/x?any=details%2F8061%2F&q=a%20b+c&IFRAME=Y', `${origin}/x?any=details%2F8061%2F&q=a%20b+c&IFRAME=Y`],
    ['/x?sessid=0123456789abcdef', `${origin}/x`],
    ['/x?a=%2F&sessid=0123456789abcdef&sessid=2&b=1', `${origin}/x?a=%2F&b=1`],
    ['/x?%73essid=0123456789abcdef', `${origin}/x`],
    ['//evil.example/', undefined],
    ['\\\\evil.example/', undefined],
    ['/\\evil.example/', undefined],
    [' //evil.example/', undefined],
    ['/\t/evil.example/', undefined],
    ['javascript:alert(1)', undefined],
    ['java\nscript:alert(1)', undefined],
    ['data:text/html,x', undefined],
    [`blob:${origin}/1`, undefined],
    ['http://portal.example/', undefined],
    ['https://portal.example:8443/', undefined],
    ['https://portal.example.evil.example/', undefined],
    ['https://user@portal.example/', undefined],
    ['https://user:word@portal.example/', undefined],
    ['https://portal.example@evil.example/', undefined],
    ['https://', undefined],
    ['https://[', undefined]
  ]
  for (const [uri, expected] of rows) t.equal(resolveUri(uri, origin), expected, JSON.stringify(uri))
  t.equal(resolveUri('/crm/', 'http://192.168.1.5:8080'), 'http://192.168.1.5:8080/crm/')
})

await t.test('resolveUri: never leads away from the portal', async t => {
  const piece = fc.constantFrom(
    '/', '\\', ':', '@', 'https:', 'javascript:', 'evil.example', 'portal.example', '?', '#', '.', '\t', ' ', '%2f', '0'
  )
  const addresses = fc.oneof(fc.string(), fc.webUrl(), fc.array(piece).map(pieces => pieces.join('')))
  t.doesNotThrow(() => fc.assert(fc.property(addresses, uri => {
    const url = resolveUri(uri, 'https://portal.example')
    return url === undefined || (url.startsWith('https://portal.example/') && new URL(url).host === 'portal.example')
  }), { numRuns: 2000 }))
})

await t.test('resolveUri: resolves as URL does, also on its fast path', async t => {
  const origin = 'https://portal.bitrix24.com'
  const unit = fc.constantFrom(...'/.?=&%2F~_-+aZ#\\: \'[ü')
  const part = fc.string({ unit, maxLength: 12 })
  t.doesNotThrow(() => fc.assert(fc.property(part, text => {
    const url = URL.parse(text, origin)
    const expected = url?.href.startsWith(`${origin}/`) ? url.href : undefined
    if (resolveUri(text, origin) !== expected) throw new Error(JSON.stringify(text))
  }), { numRuns: 3000 }))
})
