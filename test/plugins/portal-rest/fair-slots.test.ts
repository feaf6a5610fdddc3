import t from 'tap'
import { until } from '../../helper.ts'
import { createFairSlots } from '../../../plugins/portal-rest/fair-slots.ts'

/** Slots, what has started in them, in order, and what ends it. */
function slotsFor (options: Partial<Parameters<typeof createFairSlots>[0]> = {}) {
  const inTurn = createFairSlots({ each: 2, all: 6, waiting: 3, patience: 60_000, ...options })
  const started: string[] = []
  const ends: Array<() => void> = []
  const start = (memberId: string) => inTurn(memberId, () => new Promise<void>(resolve => {
    started.push(memberId)
    ends.push(resolve)
  }))
  return { start, started, end: () => ends.shift()?.() }
}
const silent = { code: 'B24_ERR_PORTAL_UNAVAILABLE' }

await t.test('one portal takes its share, and no more', async t => {
  const { start, started, end } = slotsFor()
  const calls = ['a', 'a', 'a', 'b'].map(start)
  t.strictSame(started, ['a', 'a', 'b'])
  end()
  await until(() => started.length === 4)
  t.strictSame(started, ['a', 'a', 'b', 'a'])
  calls.forEach(end)
  await Promise.all(calls)
})

await t.test('the fewer slots are free, the fewer one portal may have, and a newcomer finds one', async t => {
  const { start, started, end } = slotsFor({ each: 3, all: 6 })
  const calls = ['a', 'a', 'b', 'b', 'a', 'c'].map(start)
  t.strictSame(started, ['a', 'a', 'b', 'c'], 'six slots of which two are left')
  calls.push(start('d'), start('e'), start('f'))
  t.strictSame(started.slice(4), ['d', 'e'], 'and then none')
  end()
  await until(() => started.length === 7)
  t.equal(started.at(-1), 'f', 'who has none goes first')
  while (started.length < calls.length) {
    end()
    await new Promise(setImmediate)
  }
  calls.forEach(end)
  await Promise.all(calls)
})

await t.test('nobody waits for ever, and few wait at all', async t => {
  const { start, started, end } = slotsFor({ each: 1, patience: 20 })
  const first = start('a')
  await Promise.all([start('a'), start('a'), start('a'), start('a')].map(call => t.rejects(call, silent)))
  end()
  await first
  const next = start('a')
  t.strictSame(started, ['a', 'a'], 'who left is not waited for')
  end()
  await next
})

await t.test('what fails gives its slot back', async t => {
  const inTurn = createFairSlots({ each: 1, all: 1, waiting: 1, patience: 1000 })
  await t.rejects(inTurn('a', async () => { throw new TypeError('a bug') }), TypeError)
  t.equal(await inTurn('a', async () => 'fine'), 'fine')
})
