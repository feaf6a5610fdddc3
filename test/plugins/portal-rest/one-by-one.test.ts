import t from 'tap'
import { createOneByOne } from '../../../plugins/portal-rest/one-by-one.ts'

const never = new AbortController().signal

await t.test('one piece of work runs in a turn of the event loop', async t => {
  const oneByOne = createOneByOne(10_000, () => new Error())
  let turn = 0
  let next = setImmediate(function count () {
    turn++
    next = setImmediate(count)
  })
  t.after(() => clearImmediate(next))
  const turns = await Promise.all(['a', 'a', 'b'].map(key => oneByOne(key, never, () => turn)))
  t.equal(new Set(turns).size, 3)
})

await t.test('who is given up does not wait, and is not begun', async t => {
  const oneByOne = createOneByOne(10_000, () => new Error())
  const done: string[] = []
  const late = new AbortController()
  const given = ['first', 'second'].map(name => oneByOne(name, late.signal, () => done.push(name)).catch(({ message }) => done.push(message)))
  const other = oneByOne('other', never, () => done.push('other'))
  late.abort(new Error('given up'))
  await Promise.all([...given, other])
  t.strictSame(done, ['given up', 'given up', 'other'])
})
