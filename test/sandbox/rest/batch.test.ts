import t from 'tap'
import { batch } from '../../../sandbox/rest/batch.ts'
import { Page } from '../../../sandbox/rest/page.ts'
import { RestError } from '../../../sandbox/rest/rest-error.ts'

await t.test('batch: does not take a fault of the sandbox for an answer', async t => {
  await t.rejects(batch({ CMD: ['profile'] }, async () => { throw new Error('a bug') }), { message: 'a bug' })
})

/** What the last command is called with: the ones before it are a list, a map, and an error. */
async function paramsOf (query: string): Promise<unknown> {
  const calls: Array<Record<string, unknown>> = []
  const CMD = { list: 'list', who: 'who', wrong: 'wrong', last: `last?${query}` }
  const result = await batch({ CMD }, async (method, params) => {
    calls.push(params)
    if (method === 'wrong') throw new RestError('WRONG', 'Wrong')
    return {
      answer: method === 'list' ? new Page([{ ID: '7' }], 60, 50) : { NAME: 'Anna', ADMIN: true, NOTE: null },
      time: { start: 5 }
    }
  })
  t.match(
    result, { result_total: { list: 60 }, result_next: { list: 50 }, result_error: { wrong: { error: 'WRONG' } } }
  )
  return calls.at(-1)
}

await t.test('batch: a command refers to what the commands before it have answered', async t => {
  const rows: Array<[query: string, params: unknown]> = [
    ['a=$result[who][NAME]', { a: 'Anna' }],
    ['a[b]=$result[list][0][ID]', { a: { b: '7' } }],
    ['a=$result[list]', { a: [{ ID: '7' }] }],
    ['start=$next[list]', { start: 50 }],
    ['a=$total[list] deals', { a: '60 deals' }],
    ['a=$error[wrong][error]!', { a: 'WRONG' }],
    ['a=$time[who][start]', { a: 5 }],
    ['a=Hello $result[who][NAME] and $result[who][NAME]', { a: 'Hello Anna and Anna' }],
    ['a=x$result[who][NAME]/y', { a: 'xAnna' }],
    ['a=x $result[who][ADMIN]', { a: 'x 1' }],
    ['a=x $result[list]', { a: 'x Array' }],
    ['a=$result[who][NAME][FIRST]', { a: 'Anna' }],
    ['a=$result[who][NOTE]', { a: { NAME: 'Anna', ADMIN: true, NOTE: null } }],
    ['a=$result[who][constructor]', { a: { NAME: 'Anna', ADMIN: true, NOTE: null } }],
    ['a=$other[who]&b=$result&c=5', { a: '$other[who]', b: '$result', c: '5' }]
  ]
  for (const [query, params] of rows) t.strictSame(await paramsOf(query), params, query)
})
