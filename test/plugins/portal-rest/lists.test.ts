import t from 'tap'
import { page, type SandboxMethod } from '../../../sandbox/index.ts'
import { ids, restOf, rowsUpTo, upTo, type Row } from './list-portal.ts'

/** A list of a test whose rows the test can change while it is walked. */
function changing (rows: Row[], change: (rows: Row[], read: number) => void): SandboxMethod {
  let read = 0
  return ({ start }) => {
    change(rows, ++read)
    return page(rows, start)
  }
}

await t.test('list: gives all rows, with few requests', async t => {
  const starts: unknown[] = []
  const { rest, requests } = await restOf(t, {
    'app.list': ({ start }) => {
      starts.push(start)
      return page(rowsUpTo(1260), start)
    }
  })
  t.strictSame(ids(await rest.list('app.list')), upTo(1260))
  t.strictSame(starts.map(Number), Array.from({ length: 26 }, (_, index) => index * 50), 'each page once')
  t.equal(requests(), 4, 'a first page, and ten in each further request')
})

await t.test('list: reads the lists of a portal, whatever they stand under', async t => {
  const { rest } = await restOf(t, {
    'app.tasks': ({ start }) => page(rowsUpTo(60), start, tasks => ({ tasks })),
    'app.items': ({ start }) => page(rowsUpTo(60), start, items => ({ count: 60, items })),
    'app.empty': ({ start }) => page([], start)
  })
  await rest.batch(Object.fromEntries(upTo(60).flatMap(number => [
    [`deal${number}`, { method: 'crm.deal.add', params: { fields: { TITLE: `Deal ${number}` } } }],
    [`item${number}`, { method: 'crm.item.add', params: { entityTypeId: 183, fields: { title: `Item ${number}` } } }]
  ])))
  t.strictSame(ids(await rest.list('app.tasks')), upTo(60))
  t.strictSame(ids(await rest.list('app.items')), upTo(60))
  t.strictSame(await rest.list('app.empty'), [])
  const deals = await rest.list<Row & { TITLE: string }>('crm.deal.list', { filter: { '%TITLE': 'Deal ' } })
  t.strictSame(deals.map(({ TITLE }) => TITLE), upTo(60).map(number => `Deal ${number}`))
  const filter = { '%title': 'Item ' }
  const items = await rest.list<{ title: string }>('crm.item.list', { entityTypeId: 183, filter })
  t.equal(new Set(items.map(({ title }) => title)).size, 60)
  t.match(await rest.list('user.get', { FILTER: { ID: [2] } }), [{ ID: '2', NAME: 'Emil' }])
})

await t.test('pages: gives rows and total, and asks for no more than is read', async t => {
  const { rest, requests } = await restOf(t, { 'app.list': ({ start }) => page(rowsUpTo(700), start) })
  const seen: Array<[rows: number, total: number | undefined]> = []
  for await (const { rows, total } of rest.pages<Row>('app.list')) {
    seen.push([rows.length, total])
    if (seen.length === 2) break
  }
  t.strictSame(seen, [[50, 700], [50, 700]])
  t.equal(requests(), 2)
})

await t.test('list: loses no row when others vanish before it', async t => {
  const rows: Array<[name: string, read: number, from: number, count: number]> = [
    ['one, after the first page', 2, 0, 1],
    ['sixty, in the middle of a request', 5, 100, 60],
    ['one, before the last page', 13, 0, 1],
    ['nearly all', 3, 10, 600]
  ]
  for (const [name, when, from, count] of rows) {
    const gone = new Set<number>()
    const { rest } = await restOf(t, {
      'app.list': changing(rowsUpTo(640), (list, read) => {
        if (read === when) for (const { ID } of list.splice(from, count)) gone.add(Number(ID))
      })
    })
    const found = ids(await rest.list<Row>('app.list'))
    t.equal(gone.size, count, name)
    t.strictSame(upTo(640).filter(id => !gone.has(id) && !found.includes(id)), [], `${name}: none is missing`)
    t.equal(new Set(found).size, found.length, `${name}: none comes twice`)
  }
})

await t.test('list: gives no row twice when others appear before it', async t => {
  const { rest } = await restOf(t, {
    'app.list': changing(rowsUpTo(120), (list, read) => { if (read === 2) list.unshift({ ID: '1000' }) })
  })
  t.strictSame(ids(await rest.list<Row>('app.list')), upTo(120))
})

await t.test('list: rows without an ID are all given, if none vanishes', async t => {
  const sizes = Array.from({ length: 70 }, () => ({ SIZE: 'M' }))
  let vanishing = false
  const { rest } = await restOf(t, {
    'app.sizes': ({ start }) => {
      if (vanishing && Number(start) > 0) sizes.pop()
      return page(sizes, start)
    },
    'app.words': ({ start }) => page(['a', 'b', 'a'], start)
  })
  t.equal((await rest.list('app.sizes')).length, 70)
  t.strictSame(await rest.list('app.words'), ['a', 'b', 'a'])
  vanishing = true
  const message = 'rows of app.sizes without an ID vanished while they were read'
  await t.rejects(rest.list('app.sizes'), { code: 'B24_ERR_PORTAL_UNAVAILABLE', cause: { message } })
})
