import t from 'tap'
import { toJson } from '../../../plugins/frontend/page-data.ts'
import type { PageData } from '../../../client/page-data.ts'

const page = (data: unknown): PageData => ({
  data,
  portal: { memberId: 'm1', domain: 'portal.example', origin: 'https://portal.example' },
  user: { id: 1 },
  lang: 'en',
  locale: 'en',
  dir: 'ltr',
  placement: 'LEFT_MENU',
  screen: null,
  session: 'token',
  base: ''
})

await t.test('toJson: no text can end the script, and all of it comes back', async t => {
  const data = [
    '</script><script>alert(1)</script>', '<!--<script>', ']]>', '&lt;', '\u2028\u2029', 'Grüße 🙂', '$&'
  ]
  const json = toJson(page(data), 'order')
  t.notMatch(json, /[<>&\u2028\u2029]/)
  t.strictSame(JSON.parse(json).data, data)
})

await t.test('toJson: says in a sentence why data is no JSON', async t => {
  const cycle: Record<string, unknown> = {}
  cycle['self'] = { secret: cycle }
  const unreadable = { toJSON () { throw new Error('secret') } }
  const rows: Array<[data: unknown, reason: string]> = [
    [{ total: 1n }, 'it holds a BigInt'],
    [{ total: NaN }, 'it holds NaN'],
    [[-Infinity], 'it holds -Infinity'],
    [[() => 1], 'it holds a function'],
    [{ kind: Symbol('a') }, 'it holds a symbol'],
    [new Map(), 'it holds a Map'],
    [{ a: { b: new Set() } }, 'it holds a Set'],
    [cycle, 'it holds a cycle'],
    [unreadable, 'it cannot be written'],
    [{ get total () { throw null } }, 'it cannot be written'], // eslint-disable-line no-throw-literal
    ['a'.repeat(10_000_000), 'it is longer than 5 million characters']
  ]
  for (const [data, reason] of rows) {
    t.throws(() => toJson(page(data), 'order'),
      { code: 'B24_ERR_FRONTEND_DATA', message: `The data of the page order is no JSON: ${reason}` }, reason)
  }
})

await t.test('toJson: takes what JSON has a form for', async t => {
  const date = new Date(0)
  t.strictSame(JSON.parse(toJson(page({ date, none: undefined, list: [null] }), 'order')).data,
    { date: date.toISOString(), list: [null] })
})
