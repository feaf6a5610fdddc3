import { deepStrictEqual } from 'node:assert/strict'
import t from 'tap'
import fc from 'fast-check'
import {
  parseSliderLink, readSliderLink, sliderLink, type LinkParams, type LinkValue
} from '../../../src/http/slider-link.ts'

const nested = (levels: number): LinkParams => levels === 1 ? { a: 'leaf' } : { a: nested(levels - 1) }
const brackets = (levels: number) => '[a]'.repeat(levels)
const numbered = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']))

t.test('sliderLink: encodes all that a text renderer could stop at', async (t) => {
  const rows: Array<[string, LinkParams | undefined, string]> = [
    ['without params', undefined, ''],
    ['with empty params', {}, ''],
    ['a value', { docId: 42 }, '?params%5BdocId%5D=42'],
    ['two values', { test: 'y', docId: '42' }, '?params%5Btest%5D=y&params%5BdocId%5D=42'],
    ['nesting', { a: { b: true } }, '?params%5Ba%5D%5Bb%5D=true'],
    ['an array', { a: ['x', { b: 1 }] }, '?params%5Ba%5D%5B0%5D=x&params%5Ba%5D%5B1%5D%5Bb%5D=1'],
    ['signs of the address', { q: '1+1 & #2' }, '?params%5Bq%5D=1%2B1%20%26%20%232'],
    ['signs that end a link in a text', { q: "(a)!'*~b." }, '?params%5Bq%5D=%28a%29%21%27%2A%7Eb%2E'],
    ['UTF-8', { имя: '😀' }, '?params%5B%D0%B8%D0%BC%D1%8F%5D=%F0%9F%98%80'],
    ['an empty text', { a: '' }, '?params%5Ba%5D='],
    ['a dictionary without a prototype', Object.assign(Object.create(null), { a: 1 }), '?params%5Ba%5D=1'],
    ['URI below the top', { a: { URI: '/x' } }, '?params%5Ba%5D%5BURI%5D=%2Fx']
  ]
  for (const [name, params, query] of rows) {
    t.equal(
      sliderLink('local.66ba434d853c87.18550109', params),
      `/marketplace/view/local.66ba434d853c87.18550109/${query}`,
      name
    )
  }
})

t.test('sliderLink: refuses what the portal would not give back', async (t) => {
  const cyclic: Record<string, unknown> = {}
  cyclic.a = cyclic
  const rows: Array<[string, unknown, string]> = [
    ['null', { a: { b: null } }, 'params[a][b]'],
    ['undefined', { a: undefined }, 'params[a]'],
    ['a hole in an array', { a: Object.assign(['x'], { length: 2 }) }, 'params[a][1]'],
    ['a function', { a: () => 'secret' }, 'params[a]'],
    ['a symbol', { a: Symbol('secret') }, 'params[a]'],
    ['a bigint', { a: 1n }, 'params[a]'],
    ['NaN', { a: NaN }, 'params[a]'],
    ['Infinity', { a: [-Infinity] }, 'params[a][0]'],
    ['an empty object', { a: {} }, 'params[a]'],
    ['an empty array', { a: { b: [] } }, 'params[a][b]'],
    ['a Date', { a: new Date() }, 'params[a]'],
    ['a Map', { a: new Map([['b', 1]]) }, 'params[a]'],
    ['text with a NUL', { a: 'secret\0' }, 'params[a]'],
    ['text with half a character', { a: 'secret\ud800' }, 'params[a]'],
    ['an empty key', { '': 1 }, 'params[]'],
    ['a key of one space, which appends', { ' ': 1 }, 'params[ ]'],
    ['a key of one tab, which appends', { a: { '\t': 1 } }, 'params[a][\t]'],
    ['an opening bracket in a key', { 'a[': 1 }, 'params[a[]'],
    ['a closing bracket in a key', { 'a]': 1 }, 'params[a]]'],
    ['a NUL in a key', { 'a\0': 1 }, 'params[a\0]'],
    ['half a character in a key', { '\udc00': 1 }, 'params[\udc00]'],
    ['the key __proto__', JSON.parse('{"a":{"__proto__":1}}'), 'params[a][__proto__]'],
    ['the key constructor', { constructor: 1 }, 'params[constructor]'],
    ['the key prototype', { prototype: 1 }, 'params[prototype]'],
    ['an object that would become an array', { a: { 0: 'x', 1: 'y' } }, 'params[a]'],
    ['params that would become an array', { 0: 'x' }, 'params'],
    ['URI at the top, which is the portal\'s', { URI: '/x' }, 'params[URI]'],
    ['65 levels', nested(65), `params${brackets(65)}`],
    ['a cycle', cyclic, `params${brackets(65)}`],
    ['999 values', numbered(999), 'params'],
    ['an array at the top', ['x'], 'params'],
    ['text at the top', 'secret', 'params'],
    ['null at the top', null, 'params']
  ]
  for (const [name, params, where] of rows) {
    try {
      sliderLink('app', params as LinkParams) // callers in JavaScript are not held back by types
      t.fail(name)
    } catch (error) {
      t.match(error, { code: 'B24_ERR_LINK' }, name)
      const message = error instanceof Error ? error.message : ''
      t.ok(message.startsWith(`${where} `), `${name}: ${JSON.stringify(message)}`)
      t.notMatch(message, 'secret', name)
    }
  }
})

t.test('sliderLink: needs the code of an application', async (t) => {
  for (const code of ['', 'quick', '.', '..', 'a-b', 'a/b', 'a%2Fb', 'a\n', 'приложение']) {
    t.throws(() => sliderLink(code), { code: 'B24_ERR_LINK' }, JSON.stringify(code))
  }
})

t.test('sliderLink: carries 64 levels and 998 values', async (t) => {
  t.strictSame(parseSliderLink(sliderLink('app', nested(64))).params, nested(64))
  t.strictSame(parseSliderLink(sliderLink('app', numbered(998))).params, numbered(998))
})

t.test('parseSliderLink: reads a link as the portal does', async (t) => {
  const many = (count: number, last: string) => `${'x=1&'.repeat(count)}${last}`
  const rows: Array<[string, unknown]> = [
    ['params[test]=y', { test: 'y' }],
    ['params[test]=y&params[docId]=42', { test: 'y', docId: '42' }],
    ['params[a][b]=1&params[a][c]=2', { a: { b: '1', c: '2' } }],
    ['params[]=x&params[]=y', ['x', 'y']],
    ['params[7]=x', { 7: 'x' }],
    ['params=foo', 'foo'],
    ['params[a]=1&params[a]=2', { a: '2' }],
    ['params[a]=', { a: '' }],
    ['params[a]', { a: '' }],
    ['', undefined],
    ['params=', undefined],
    ['params=0', undefined],
    ['params[URI]=/x', { URI: '/x' }],
    ['params[q]=1%2B1&params[s]=a+b', { q: '1+1', s: 'a b' }],
    // names
    ['docId=42&PARAMS[a]=1&params.a=1&params_a=1&xparams[a]=1', undefined],
    ['+%20params[a]=1', { a: '1' }],
    ['params%5Ba%5D%5B%5D=x', { a: ['x'] }],
    ['params[a', undefined],
    ['params[a=1&params=foo', 'foo'],
    ['params]=1', undefined],
    ['params[a][b=1', { a: '1' }],
    ['params[a]x[b]=1', { a: '1' }],
    ['params[a[b]=1', { 'a[b': '1' }],
    ['params[a]]=1', { a: '1' }],
    ['params[ ]=x&params[%09]=y', ['x', 'y']],
    ['params[ a]=x&params[a ]=y', { ' a': 'x', 'a ': 'y' }],
    ['params[a.b c]=x', { 'a.b c': 'x' }],
    ['params%00x[a]=foo', 'foo'],
    ['params[a]%00[b]=1', { a: '1' }],
    ['params[a%00]=1', undefined],
    // lists and objects
    ['params[0]=a&params[1]=b', ['a', 'b']],
    ['params[1]=b&params[0]=a', { 0: 'a', 1: 'b' }],
    ['params[5]=a&params[]=b', { 5: 'a', 6: 'b' }],
    ['params[05]=a&params[]=b', { '05': 'a', 0: 'b' }],
    ['params[-5]=a&params[]=b', { '-5': 'a', '-4': 'b' }],
    ['params[3]=a&params[2]=b&params[]=c', { 2: 'b', 3: 'a', 4: 'c' }],
    ['params[9223372036854775807]=a&params[]=lost', { '9223372036854775807': 'a' }],
    ['params[9223372036854775808]=a&params[]=b', { '9223372036854775808': 'a', 0: 'b' }],
    ['params[a][][b]=1&params[a][][c]=2', { a: [{ b: '1' }, { c: '2' }] }],
    ['params[a]=1&params[a][b]=2', { a: { b: '2' } }],
    ['params[a][b]=1&params[a]=2', { a: '2' }],
    ['params[a]=1&params=foo', 'foo'],
    // values
    ['params[a]=b=c', { a: 'b=c' }],
    ['params[a]=%zz%4', { a: '%zz%4' }],
    ['params[a]=%D0%9F%ff', { a: 'П\ufffd' }],
    ['params[a]=%EF%BB%BFx', { a: '\ufeffx' }],
    ['params[a]=1#&params[b]=2', { a: '1' }],
    // limits
    [`params[b]=1&params${brackets(65)}=1`, undefined],
    [`params${brackets(65)}=1&params[b]=1`, { b: '1' }],
    [many(999, 'params[a]=1&params[b]=2'), { a: '1' }],
    [many(1000, 'params[a]=1'), undefined],
    ['&'.repeat(2000) + 'params[a]=1', { a: '1' }]
  ]
  for (const [query, params] of rows) {
    t.strictSame(parseSliderLink(`/marketplace/view/app/?${query}`), { appCode: 'app', params }, query.slice(-80))
  }
})

t.test('parseSliderLink: can keep the order of the keys', async (t) => {
  const { params } = readSliderLink('/marketplace/view/app/?params[b]=1&params[2]=x&params[1][7]=y&params[1][3]=z')
  t.ok(params instanceof Map)
  t.strictSame([...new Map(params as Map<string, unknown>).keys()], ['b', '2', '1']) // it is a Map
  t.equal(readSliderLink('/marketplace/view/app/?params=x').params, 'x')
})

t.test('parseSliderLink: reaches no prototype', async (t) => {
  const names = ['[__proto__][polluted]', '[a][__proto__]', '[constructor][prototype][polluted]']
  const query = names.map(name => `params${name}=1`).join('&')
  const { params } = parseSliderLink(`/marketplace/view/app/?${query}`)
  // tap reads the constructor of what it compares
  deepStrictEqual(params, { a: {}, constructor: { prototype: { polluted: '1' } } })
  t.equal(Object.getPrototypeOf(params), Object.prototype)
  t.notOk('polluted' in {})
})

t.test('parseSliderLink: takes an absolute address of an application', async (t) => {
  const rows: Array<[string, string | undefined]> = [
    ['/marketplace/view/local.66ba/?params[a]=1', 'local.66ba'],
    ['/market/view/vendor.app/?params[a]=1', 'vendor.app'],
    ['https://portal.bitrix24.com/marketplace/view/vendor.app/?params[a]=1', 'vendor.app'],
    ['//portal.bitrix24.com/market/view/vendor_app/index.php?params[a]=1', 'vendor_app'],
    ['/marketplace/view/vendor.app?params[a]=1', undefined],
    ['/marketplace/view/vendor-app/?params[a]=1', undefined],
    ['/marketplace/view/quick/?params[a]=1', undefined],
    ['/marketplace/app/5/?params[a]=1', undefined],
    ['/x/marketplace/view/vendor.app/', undefined],
    ['ftp://portal.bitrix24.com/marketplace/view/vendor.app/', undefined],
    ['data:/marketplace/view/vendor.app/', undefined],
    ['https://', undefined]
  ]
  for (const [link, appCode] of rows) {
    if (appCode === undefined) t.throws(() => parseSliderLink(link), { code: 'B24_ERR_LINK' }, link)
    else t.strictSame(parseSliderLink(link), { appCode, params: { a: '1' } }, link)
  }
})

t.test('parseSliderLink: reads what was written, with text as leaves', async (t) => {
  const asText = (value: LinkValue): unknown => {
    if (Array.isArray(value)) return value.map(asText)
    if (typeof value !== 'object') return String(value)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asText(item)]))
  }
  const text = fc.string({ unit: 'binary' }).filter((string) => !string.includes('\0'))
  const key = fc.oneof(text, fc.string(), fc.integer().map(String)).filter((string) =>
    !/^\s?$|[[\]]/.test(string) && !['__proto__', 'constructor', 'prototype', 'URI'].includes(string))
  const leaf = fc.oneof(text, fc.boolean(), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))
  const params = fc.letrec<{ value: LinkValue, params: LinkParams }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'medium' }, leaf, fc.array(tie('value'), { minLength: 1, maxLength: 5 }), tie('params')
    ),
    params: fc.dictionary(key, tie('value'), { minKeys: 1, maxKeys: 5 })
      .filter((object) => !Object.keys(object).every((name, index) => name === String(index)))
  })).params

  t.doesNotThrow(() => fc.assert(fc.property(params, (params) => {
    deepStrictEqual(parseSliderLink(sliderLink('app', params)), { appCode: 'app', params: asText(params) })
  }), { numRuns: 500 }))
})
