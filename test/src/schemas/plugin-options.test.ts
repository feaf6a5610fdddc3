import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import { checkOptions, optional, rule, type Rule } from '../../../src/schemas/plugin-options.ts'

interface ShelfOptions { size: number, title?: string }
const rules = { size: rule.aboveZero, title: optional(rule.text) }

/** What the start of a plugin with these options ends with, as plain JavaScript may pass anything. */
function refusal (options: unknown): string | undefined {
  try {
    checkOptions('shelf', options as ShelfOptions, rules)
    return undefined
  } catch (error) {
    return String(error)
  }
}

t.test('plugin options: names the option that is wrong or missing', async t => {
  t.equal(refusal({ size: 3 }), undefined)
  t.equal(refusal({ size: 3, title: 'Books' }), undefined)
  const size = 'TypeError: shelf: options.size must be a number above 0, at most 2147483647'
  for (const options of [{}, { size: '3' }, { size: null }, 7]) t.equal(refusal(options), size)
  t.equal(refusal({ size: 3, title: null }), 'TypeError: shelf: options.title must be a text that is not empty')
})

t.test('plugin options: names one that does not exist, but not those of Fastify', async t => {
  t.equal(refusal({ size: 3, titel: 'Books' }), 'TypeError: shelf has no option "titel"; it has size, title')
  t.equal(refusal({ size: 3, prefix: '/b24', logLevel: 'warn', logSerializers: {} }), undefined)
})

const key = new Uint8Array(32)
const odd = [undefined, null, '', 0, -1, NaN, Infinity, 5n, '5', [], [null], {}, Symbol('s'), Promise.resolve()]

// What each takes, and what it refuses beside those of the odd values that it does not take.
const rows: Array<[name: string, rule: Rule, right: unknown[], wrong: unknown[]]> = [
  ['aboveZero', rule.aboveZero, [1, 0.5, 2 ** 31 - 1], [2 ** 31]],
  ['atLeast', rule.atLeast(1), [1, 1.5], [0.5, 2 ** 31]],
  ['days', rule.days, [0, 30], [1.5]],
  ['delays', rule.delays, [[0], [20, 1000]], [[-1], ['20']]],
  ['flag', rule.flag, [true, false], ['yes', 1]],
  ['text', rule.text, ['5', 'local.app'], [['text']]],
  ['oneOf', rule.oneOf('light', 'system'), ['light', 'system'], ['dark', ['light']]],
  ['address', rule.address, ['https://service.example/b24'], ['service.example', new URL('https://a.example')]],
  ['slashPath', rule.slashPath, ['/', '/metrics'], ['metrics']],
  ['absolutePath', rule.absolutePath, ['/views'], ['views', ['/views']]],
  ['absolutePaths', rule.absolutePaths, [[], ['/views', '/more']], ['/views', ['views']]],
  ['callable', rule.callable, [() => {}], [true]],
  ['clock', rule.clock, [() => 0, Date.now], [() => 'noon', async () => 0]],
  ['store', rule.storeWith('get'), [{ get () {} }, new Map()], [{ get: true }, () => {}]],
  ['origins', rule.origins, [['https://oauth.bitrix.info', 'http://127.0.0.1:3001']],
    ['https://oauth.bitrix.info', ['https://oauth.bitrix.info/'], ['https://oauth.bitrix.info/rest'], ['oauth']]],
  // A text has letters, and an array of bytes has numbers: neither is a list of keys.
  ['keys', rule.keys, [[key], [Buffer.alloc(32), key]], ['k'.repeat(32), key, [new Uint8Array(16)], ['k'.repeat(32)]]],
  ['insecurePortals', rule.insecurePortals, [true, false, [], ['b24.lan']], ['b24.lan', [1]]]
]

for (const [name, [isMet, what], right, wrong] of rows) {
  t.test(`plugin options: ${name} takes what it says, and nothing else`, async t => {
    t.ok(what.startsWith('be ') || what.startsWith('hold '))
    for (const value of right) t.ok(isMet(value), String(value))
    const useless = odd.filter(value => !right.some(one => isDeepStrictEqual(one, value)))
    for (const value of [...wrong, ...useless]) t.notOk(isMet(value), String(value))
  })
}
