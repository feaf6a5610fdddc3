import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import { page } from '../../../sandbox/index.ts'
import { createLists } from '../../../plugins/portal-rest/lists.ts'
import type { RestAnswer } from '../../../plugins/portal-rest/rest-interface.ts'
import { createByteBudget, type ByteBudget } from '../../../plugins/portal-rest/reading-limits.ts'
import { openPortalRest } from '../../../plugins/portal-rest/portal-rest.ts'
import { sandboxFor } from '../../sandbox/helper.ts'
import { connectionsFor } from '../../servers.ts'
import { until } from '../../until.ts'
import { credentialsOf, restOf, rowsUpTo, type Row } from './list-portal.ts'

const holdFor = (hold: ByteBudget, memberId: string) => async () => hold(memberId)
const unlimited = holdFor(createByteBudget(Infinity, 'lists'), '')

await t.test('list: refuses more rows than it may give before it walks on', async t => {
  const { rest, requests } = await restOf(t, { 'app.list': ({ start }) => page(rowsUpTo(10_001), start) })
  const tooMany = (most: number) => ({
    code: 'B24_ERR_TOO_MANY_ROWS',
    message: `The list of app.list has more rows than ${most}: narrow its filter, or raise maxRows`
  })
  await t.rejects(rest.list('app.list'), tooMany(10_000))
  await t.rejects(rest.list('app.list', {}, { maxRows: 99 }), tooMany(99))
  t.equal(requests(), 2)
  t.equal((await rest.list('app.list', {}, { maxRows: 10_001 })).length, 10_001)
})

await t.test('list: asks for as many pages at once as an answer may hold', async t => {
  const rows = rowsUpTo(300).map(row => ({ ...row, TEXT: 'ф'.repeat(1000) }))
  const { rest, requests } = await restOf(t, { 'app.list': ({ start }) => page(rows, start) })
  t.equal((await rest.list('app.list', {}, { maxBytes: 1024 * 1024 })).length, 300)
  t.equal(requests(), 4, 'two pages of 100 kB in a request whose answer may have 1 MB')
  await t.rejects(rest.list('app.list', {}, { maxBytes: 1024 }), { code: 'B24_ERR_PORTAL_UNAVAILABLE' })
})

await t.test('list: an error of the portal ends it', async t => {
  const { rest } = await restOf(t, {
    'app.list': ({ start }) => {
      if (Number(start) > 50) throw Object.assign(new Error('No.'), { code: 'ACCESS_DENIED', status: 403 })
      return page(rowsUpTo(200), start)
    }
  })
  await t.rejects(rest.list('app.list'), {
    code: 'B24_ERR_PORTAL_REFUSED', portalCode: 'ACCESS_DENIED', portalText: 'No.', method: 'app.list'
  })
  for (const method of ['profile', 'user.admin']) {
    await t.rejects(rest.list(method), {
      code: 'B24_ERR_PORTAL_UNAVAILABLE', cause: { message: `${method} answers with no list` }
    })
  }
})

await t.test('list: a portal cannot keep it walking for ever', async t => {
  const lists = (answer: (start: number) => RestAnswer) => createLists(async commands => Object.fromEntries(
    Object.keys(commands).map(start => [start, answer(Number(start))])
  ), unlimited)
  let total = 1000
  const rows: Array<[name: string, answer: (start: number) => RestAnswer, code: string]> = [
    ['leads back', () => ({ ok: [{ ID: 1 }], next: 0, total: 100 }), 'B24_ERR_PORTAL_UNAVAILABLE'],
    ['never ends', start => ({ ok: [], next: start + 50 }), 'B24_ERR_PORTAL_UNAVAILABLE'],
    ['shrinks for ever', start => ({ ok: [], next: start + 50, total: total-- }), 'B24_ERR_PORTAL_UNAVAILABLE'],
    ['hands out row by row', start => ({ ok: [{ ID: start }], next: start + 1 }), 'B24_ERR_PORTAL_UNAVAILABLE'],
    [
      'never ends, with rows',
      start => ({ ok: Array.from({ length: 50 }, (_, n) => ({ ID: start + n })), next: start + 50 }),
      'B24_ERR_TOO_MANY_ROWS'
    ]
  ]
  for (const [name, answer, code] of rows) {
    total = 1000
    await t.rejects(lists(answer).list('app.list', {}, { maxRows: 1000 }), { code }, name)
  }
  const huge = { ok: Array.from({ length: 200_000 }, (_, ID) => ({ ID })), total: 200_000 }
  t.equal((await lists(() => huge).list('app.list', {}, { maxRows: 200_000 })).length, 200_000)
})

await t.test('list: keeps no more bytes than eight answers may have', async t => {
  const text = 'x'.repeat(1000)
  const large = rowsUpTo(500).map(row => ({ ...row, text }))
  const { rest } = await restOf(t, { 'app.list': ({ start }) => page(large, start) })
  const options = { maxBytes: 60_000 }
  await t.rejects(rest.list('app.list', {}, options), {
    code: 'B24_ERR_LIST_TOO_LARGE',
    message: 'The list of app.list has more bytes than 480000: select fewer fields, or read it by rest.pages()'
  })
  let rows = 0
  for await (const page of rest.pages('app.list', {}, options)) rows += page.rows.length
  t.equal(rows, 500, 'page by page, they can be read')
})

await t.test('list: all share a limit, and the portal that holds most loses its largest', async t => {
  const hold = createByteBudget(10_000, 'lists')
  const last = Promise.withResolvers<void>()
  let waiting = 0
  let largest: WeakRef<object> | undefined
  /** Reads a list whose last page comes when the test says so. */
  const read = async (memberId: string, bytes: number) => {
    const { list } = createLists(async commands => {
      if ('1' in commands) return { 1: { ok: [{ ID: 2 }], next: 2 } }
      if ('2' in commands) {
        waiting++
        await last.promise
        return { 2: { ok: [{ ID: 3 }] } }
      }
      const row = { ID: 1, text: 'x'.repeat(bytes) }
      largest ??= new WeakRef(row)
      return { 0: { ok: [row], next: 1 } }
    }, holdFor(hold, memberId))
    return await list('app.list').then(({ length }) => length, ({ code, cause }) => `${code}: ${cause.message}`)
  }
  const hostile = [read('hostile', 4000), read('hostile', 3000)]
  await until(() => waiting === 2)
  const other = read('other', 3500)
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  await until(() => {
    collect()
    return largest?.deref() === undefined
  })
  last.resolve()
  const tooLarge = 'B24_ERR_PORTAL_UNAVAILABLE: the lists that are being read are too large, all together'
  t.strictSame(await Promise.all([...hostile, other]), [tooLarge, 3, 3], 'its rows go before its portal answers')
  t.equal(await read('other', 9500), 3, 'what was read counts no longer')
})

await t.test('list: its rows count among those of all lists', async t => {
  const { alpha } = (await sandboxFor(t, { methods: { 'app.list': () => rowsUpTo(50) } })).portals
  const rest = openPortalRest(credentialsOf(alpha), { connections: connectionsFor(t, { allListBytes: 500 }) })
  await t.rejects(rest.list('app.list'), {
    code: 'B24_ERR_PORTAL_UNAVAILABLE',
    cause: { message: 'the lists that are being read are too large, all together' }
  })
  t.equal((await rest.pages<Row>('app.list').next()).value?.rows.length, 50, 'a page is not kept')
})

await t.test('list: loses no row whose ID is no ID', async t => {
  for (const ID of [null, {}, [], true, { toString: 1, valueOf: 1 }, 'x'.repeat(1000)]) {
    const { list } = createLists(async commands => Object.fromEntries(Object.keys(commands).map(start =>
      [start, { ok: [{ ID, start }], total: 3, ...(start !== '2' && { next: Number(start) + 1 }) }])), unlimited)
    t.strictSame(await list('app.list'), ['0', '1', '2'].map(start => ({ ID, start })), JSON.stringify(ID).slice(0, 40))
  }
})

await t.test('list: refuses a list that ends before its count', async t => {
  const answers: Record<string, RestAnswer> = {
    0: { ok: [{ ID: 1 }, { ID: 2 }], next: 2, total: 5 }, 2: { ok: [{ ID: 3 }], total: 5 }
  }
  const { list, pages } = createLists(async commands =>
    Object.fromEntries(Object.keys(commands).map(start => [start, answers[start] as RestAnswer])), unlimited)
  await t.rejects(list('app.list'), {
    code: 'B24_ERR_LIST_INCOMPLETE',
    statusCode: 502,
    message: 'The portal ends the list of app.list after 3 of 5 rows: rest.pages() gives those that it has'
  })
  const read: unknown[] = []
  for await (const { rows, total } of pages('app.list')) read.push([rows.length, total])
  t.strictSame(read, [[2, 5], [1, 5]])
})
