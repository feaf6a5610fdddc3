import t from 'tap'
import { filterRows, orderRows, pickFields } from '../../../sandbox/rest/select-rows.ts'

const rows = [
  { ID: '1', TITLE: 'Apples', AMOUNT: 20, OPEN: true },
  { ID: '2', TITLE: 'pears (ripe)', AMOUNT: 100, OPEN: false },
  { ID: '10', TITLE: 'Apple juice', AMOUNT: 20, OPEN: true },
  { ID: '11', TITLE: '', AMOUNT: 3, OPEN: true }
]
const ids = (found: Array<{ ID: string }>) => found.map(({ ID }) => Number(ID))

await t.test('select rows: a filter compares as its prefix says', async t => {
  const cases: Array<[unknown, number[]]> = [
    [undefined, [1, 2, 10, 11]],
    ['no map', [1, 2, 10, 11]],
    [{ ID: 2 }, [2]],
    [{ '=ID': '2' }, [2]],
    [{ '=ID': '2.0' }, [2]],
    [{ ID: ['1', 10, 99] }, [1, 10]],
    [{ '@ID': ['1', 10] }, [1, 10]],
    [{ '@ID': { 21: '1', 22: '2' } }, [1, 2]],
    [{ TITLE: null }, [11]],
    [{ '!@ID': ['1', 10] }, [2, 11]],
    [{ '!ID': 1 }, [2, 10, 11]],
    [{ '!=ID': 1 }, [2, 10, 11]],
    [{ '>ID': 2 }, [10, 11]],
    [{ '>=ID': 2 }, [2, 10, 11]],
    [{ '<AMOUNT': 20 }, [11]],
    [{ '<=AMOUNT': 20 }, [1, 10, 11]],
    [{ '>TITLE': 'Apple' }, [1, 2, 10]],
    [{ '<TITLE': 'B' }, [1, 10, 11]],
    [{ TITLE: '' }, [11]],
    [{ '%TITLE': 'APPLE' }, [1, 10]],
    [{ '!%TITLE': 'apple' }, [2, 11]],
    [{ '=%TITLE': 'apple%' }, [1, 10]],
    [{ '%=TITLE': '%(ripe)' }, [2]],
    [{ '!=%TITLE': '%s' }, [2, 10, 11]],
    [{ '!%=TITLE': '%p%' }, [11]],
    [{ '=%TITLE': 'app%le%es' }, []],
    [{ '=%TITLE': 'app%e%s' }, [1]],
    [{ '=%TITLE': 'apples' }, [1]],
    [{ '=%TITLE': 'a%apples' }, []],
    [{ '=%TITLE': `${'%p'.repeat(40)}b` }, []],
    [{ OPEN: false }, [2]],
    [{ OPEN: 'Y' }, [1, 10, 11]],
    [{ OPEN: '1' }, [1, 10, 11]],
    [{ '!OPEN': 'Y' }, [2]],
    [{ OPEN: 0 }, [2]],
    [{ OPEN: 'yes' }, []],
    [{ AMOUNT: 20, '%TITLE': 'juice' }, [10]],
    [{ NOTHING: 5 }, [1, 2, 10, 11]],
    [{ '><ID': 5 }, [1, 2, 10, 11]],
    [{ ID: [] }, []]
  ]
  for (const [filter, expected] of cases) t.strictSame(ids(filterRows(rows, filter)), expected, JSON.stringify(filter))
})

await t.test('select rows: a field that only some rows have is empty to a condition', async t => {
  const some = [{ ID: '1', COLOR: 'red' }, { ID: '2' }]
  const cases: Array<[unknown, number[]]> =
    [[{ COLOR: 'red' }, [1]], [{ '!COLOR': 'red' }, [2]], [{ COLOR: '' }, [2]], [{ toString: 'x' }, [1, 2]]]
  for (const [filter, expected] of cases) {
    t.strictSame(ids(filterRows<{ ID: string, COLOR?: string }>(some, filter)), expected, JSON.stringify(filter))
  }
})

await t.test('select rows: a filter takes groups of conditions', async t => {
  const apples = { '%TITLE': 'apple' }
  const cases: Array<[unknown, number[]]> = [
    [{ 0: { logic: 'OR', 0: { ID: 1 }, 1: { ID: 2 } } }, [1, 2]],
    [{ 0: { logic: 'OR', 0: { ID: 1 }, 1: { ID: 2 } }, OPEN: true }, [1]],
    [{ 0: { logic: 'or', ID: 10, AMOUNT: 3 } }, [10, 11]],
    [{ logic: 'OR', 0: apples, 1: { AMOUNT: 100 } }, [1, 2, 10]],
    [{ 0: { logic: 'AND', 0: apples, 1: { 0: { logic: 'OR', 0: { ID: 2 }, 1: { ID: 10 } } } } }, [10]],
    [[apples, { '>ID': 5 }], [10]]
  ]
  for (const [filter, expected] of cases) t.strictSame(ids(filterRows(rows, filter)), expected, JSON.stringify(filter))
})

await t.test('select rows: moments are compared as such, lists by their members', async t => {
  const some = [
    { ID: '1', AT: '2025-10-31T01:00:00+00:00', WHO: [5, 6] },
    { ID: '2', AT: '2025-10-30T22:30:00+00:00', WHO: [] }
  ]
  const cases: Array<[unknown, number[]]> = [
    [{ '>=AT': '2025-10-31T00:00:00+02:00' }, [1, 2]],
    [{ '>=AT': '2025-10-31T01:00:00+02:00' }, [1]],
    [{ '>=AT': '31.10.2025' }, [1]],
    [{ '<AT': '10/31/2025' }, [2]],
    [{ '>AT': '10/31/2025T00:30:00+00:00' }, [1]],
    [{ '>AT': '2025-13-45' }, []],
    [{ WHO: 6 }, [1]],
    [{ '@WHO': [5, 9] }, [1]],
    [{ '!WHO': 5 }, [2]],
    [{ WHO: '' }, [2]]
  ]
  for (const [filter, expected] of cases) {
    t.strictSame(ids(filterRows<{ ID: string }>(some, filter)), expected, JSON.stringify(filter))
  }
})

await t.test('select rows: an order compares numbers as numbers, field by field', async t => {
  const cases: Array<[unknown, number[]]> = [
    [undefined, [1, 2, 10, 11]],
    [{ ID: 'DESC' }, [11, 10, 2, 1]],
    [{ ID: 'asc' }, [1, 2, 10, 11]],
    [{ AMOUNT: 'ASC', ID: 'desc' }, [11, 10, 1, 2]],
    [{ TITLE: 'ASC' }, [11, 10, 1, 2]],
    [{ OPEN: 'ASC' }, [2, 1, 10, 11]],
    [{ NOTHING: 'DESC' }, [1, 2, 10, 11]]
  ]
  for (const [order, expected] of cases) t.strictSame(ids(orderRows(rows, order)), expected, JSON.stringify(order))
})

await t.test('select rows: shows only the fields that were asked for', async t => {
  const row = { ID: '1', TITLE: 'Apples' }
  const cases: Array<[unknown, unknown]> = [
    [undefined, row],
    [['*', 'UF_*'], row],
    [['TITLE', 'NOTHING'], { TITLE: 'Apples' }],
    ['ID', { ID: '1' }]
  ]
  for (const [select, expected] of cases) t.strictSame(pickFields(row, select), expected, JSON.stringify(select))
})
