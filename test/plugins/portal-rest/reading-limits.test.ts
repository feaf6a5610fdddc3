import t from 'tap'
import { createByteBudget, createOneByOne } from '../../../plugins/portal-rest/reading-limits.ts'

await t.test('byte budget: takes the largest answer of the portal that holds most', async t => {
  const hold = createByteBudget(100, 'answers')
  const [large, larger, other] = [hold('hostile'), hold('hostile'), hold('other')]
  const aborted = () => [large, larger, other].map(({ signal }) => signal.aborted)
  large.add(30)
  larger.add(35)
  other.add(30)
  t.strictSame(aborted(), [false, false, false])
  other.add(6)
  t.strictSame(aborted(), [false, true, false], 'however large that of another portal is')
  larger.add(1000)
  large.add(30)
  t.notOk(other.signal.aborted, 'what is given up counts no longer')
  large.release()
  large.release()
  other.add(60)
  t.notOk(other.signal.aborted, 'nor what was read')
  other.add(60)
  t.ok(other.signal.aborted)
})

const never = new AbortController().signal

await t.test('one by one: runs one piece of work in a turn of the event loop', async t => {
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

await t.test('one by one: leaves half of the time to everything else', async t => {
  const oneByOne = createOneByOne(10_000, () => new Error())
  let served = 0
  const unchanged = new Int32Array(new SharedArrayBuffer(4))
  const work = () => {
    // Nothing else runs for 50 ms.
    Atomics.wait(unchanged, 0, 0, 50)
    setTimeout(() => served++, 20)
    return served
  }
  const fails = () => {
    work()
    throw new Error('nonsense')
  }
  t.equal(await oneByOne('a', never, work), 0, 'the result does not wait')
  t.equal(served, 0)
  await t.rejects(oneByOne('b', never, fails), { message: 'nonsense' })
  t.equal(await oneByOne('c', never, () => served), 2)
})

await t.test('one by one: rejects aborted work at once, and does not begin it', async t => {
  const oneByOne = createOneByOne(10_000, () => new Error())
  const done: string[] = []
  const late = new AbortController()
  const given = ['first', 'second'].map(name =>
    oneByOne(name, late.signal, () => done.push(name)).catch(({ message }) => done.push(message)))
  const other = oneByOne('other', never, () => done.push('other'))
  late.abort(new Error('given up'))
  await Promise.all([...given, other])
  t.strictSame(done, ['given up', 'given up', 'other'])
})
