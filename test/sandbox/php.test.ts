import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { isEmpty, jsonEncode, toPageValue, toText } from '../../sandbox/php.ts'

await t.test('PHP: values are encoded as the portal encodes PLACEMENT_OPTIONS', async t => {
  const rows: Array<[unknown, string]> = [
    ['a/b', String.raw`"a\/b"`],
    ['<a href=\'x\'>&"', String.raw`"\u003Ca href=\u0027x\u0027\u003E\u0026\u0022"`],
    ['back\\slash\\"', String.raw`"back\\slash\\\u0022"`],
    ['Привет 🙂', '"Привет 🙂"'],
    ['broken \ud800', '"broken \ufffd"'],
    ['line\u2028\u2029\n', String.raw`"line\u2028\u2029\n"`],
    [{ 0: 'a', 1: 'b' }, '["a","b"]'],
    [{ 0: 'a', 2: 'b' }, '{"0":"a","2":"b"}'],
    [{}, '[]'],
    [new Map([['1', 'a'], ['0', 'b']]), '{"1":"a","0":"b"}'],
    [new Map<string, unknown>([['b', '1'], ['2', new Map([['0', 'x']])], ['1', new Map()]]),
      '{"b":"1","2":["x"],"1":[]}'],
    [[1, true, null, undefined], '[1,true,null,null]'],
    [{ 'k"': { a: [{}] } }, String.raw`{"k\u0022":{"a":[[]]}}`]
  ]
  for (const [value, text] of rows) t.equal(jsonEncode(value), text, text)
})

await t.test('PHP: decodes and encodes every documented PLACEMENT_OPTIONS', async t => {
  const folder = new URL('../fixtures/payloads/', import.meta.url)
  for (const name of readdirSync(folder)) {
    const { body } = JSON.parse(readFileSync(new URL(name, folder), 'utf8'))
    if (body?.PLACEMENT_OPTIONS === undefined) continue
    // The documentation prints a raw ampersand where the wire has an escaped one.
    t.equal(jsonEncode(JSON.parse(body.PLACEMENT_OPTIONS)),
      body.PLACEMENT_OPTIONS.replaceAll('&', String.raw`\u0026`), name)
  }
})

await t.test('PHP: calls empty what PHP calls empty', async t => {
  for (const value of [undefined, null, '', '0', 0, false, [], {}, new Map()]) {
    t.equal(isEmpty(value), true, JSON.stringify(value))
  }
  for (const value of ['a', ' ', '0.0', 1, true, [0], { a: 0 }, new Map([['0', '']])]) {
    t.equal(isEmpty(value), false, JSON.stringify(value))
  }
})

await t.test('PHP: gives pages texts, HTML-escaped', async t => {
  t.strictSame(
    toPageValue({ a: '<"&\'>', n: 7, nothing: null, yes: true, list: [1, {}], empty: {} }),
    { a: '&lt;&quot;&amp;&#39;&gt;', n: '7', nothing: '', yes: true, list: ['1', []], empty: [] })
})

await t.test('PHP: writes values into a text as PHP does', async t => {
  const rows: Array<[unknown, string]> =
    [['a', 'a'], [7, '7'], [true, '1'], [false, ''], [null, ''], [undefined, ''], [[1], 'Array'], [{ a: 1 }, 'Array']]
  for (const [value, text] of rows) t.equal(toText(value), text, JSON.stringify(value))
})
