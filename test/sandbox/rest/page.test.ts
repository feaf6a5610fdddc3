import t from 'tap'
import { page } from '../../../sandbox/rest/page.ts'

const numbers = Array.from({ length: 120 }, (_item, index) => index)

await t.test('page: a list comes in pages of fifty', async t => {
  const rows: Array<[unknown, number | undefined, number, { next?: number, total: number }]> = [
    [undefined, 0, 50, { next: 50, total: 120 }],
    ['', 0, 50, { next: 50, total: 120 }],
    ['nonsense', 0, 50, { next: 50, total: 120 }],
    ['50', 50, 50, { next: 100, total: 120 }],
    [60, 50, 50, { next: 100, total: 120 }],
    [100, 100, 20, { total: 120 }],
    [500, undefined, 0, { total: 120 }],
    [-1, 0, 50, { total: 0 }]
  ]
  for (const [start, first, length, extra] of rows) {
    const { result, extra: answered } = page(numbers, start)
    t.strictSame(result, first === undefined ? [] : numbers.slice(first, first + length), `start ${start}`)
    t.strictSame(answered, extra, `beside the rows for start ${start}`)
  }
})

await t.test('page: the rows can be wrapped', async t => {
  t.strictSame(page([1], 0, items => ({ items })).result, { items: [1] })
})
