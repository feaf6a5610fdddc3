import t from 'tap'
import { pino } from 'pino'
import { createRetryQueue, type QueuedWork } from '../../../src/queues/retry-queue.ts'
import { logLines } from '../../log-lines.ts'
import { until } from '../../until.ts'

class Unavailable extends Error {}

/** A queue, its clock, and its log as `level message`. */
function queueFor (delays: number[] = [1], lifetime = 60_000) {
  const { lines, stream } = logLines()
  const log = pino({ formatters: { level: label => ({ label }) } }, stream)
  const clock = { now: 0 }
  const queue = createRetryQueue({
    name: 'test',
    log,
    delays,
    lifetime,
    isTemporary: error => error instanceof Unavailable,
    now: () => clock.now
  })
  const add = (key: string, run: QueuedWork['run'], shares: QueuedWork['shares'] = []) => queue.add({
    key, name: 'work', shares, run
  })
  return {
    queue,
    clock,
    add,
    said: () => lines.map(({ label, msg }) => `${label} ${msg}`),
    isIdle: () =>
      queue.size() === 0
  }
}

/** Work that fails in these ways, one after the other, and then succeeds. */
function failing (...errors: Error[]) {
  const work = { tries: 0, run: async () => { const error = errors[work.tries++]; if (error) throw error } }
  return work
}

await t.test('retry queue: logs nothing for success, and tries no bug again', async t => {
  for (const [errors, expected] of [[[], []], [[new TypeError('bug')], ['error work failed']]] as const) {
    const { add, said, isIdle } = queueFor()
    const work = failing(...errors)
    t.equal(add('a', work.run), true)
    await until(isIdle)
    t.strictSame([work.tries, said()], [1, expected])
  }
})

await t.test('retry queue: tries again after each delay, the last one repeating', async t => {
  const { add, said, isIdle } = queueFor([1, 2])
  const work = failing(new Unavailable(), new Unavailable(), new Unavailable())
  add('a', work.run)
  await until(isIdle)
  t.strictSame([work.tries, said()], [4, Array.from({ length: 3 }, () => 'warn work has to wait')])
})

await t.test('retry queue: gives up after the lifetime', async t => {
  const { add, clock, said, isIdle } = queueFor([1], 100)
  let tries = 0
  add('a', async () => {
    tries++
    clock.now += 50
    throw new Unavailable()
  })
  await until(isIdle)
  t.strictSame([tries, said()], [2, ['warn work has to wait', 'error work failed']])
})

await t.test('retry queue: runs one piece of a key, and keeps the latest', async t => {
  const { queue, add, isIdle } = queueFor()
  const gate = Promise.withResolvers<void>()
  const ran: number[] = []
  for (let index = 0; index < 1000; index++) {
    t.equal(add('a', async () => { ran.push(index); await gate.promise }, [['all', 1]]), true)
  }
  t.equal(queue.size(), 1)
  t.strictSame(ran, [0])
  gate.resolve()
  await until(isIdle)
  t.strictSame(ran, [0, 999])
})

await t.test('retry queue: later work replaces what waits for its next try', async t => {
  const { add, said, isIdle } = queueFor([60_000])
  const former = failing(new Unavailable())
  add('a', former.run)
  await until(() => said().length === 1)
  const later = failing()
  add('a', later.run)
  await until(isIdle)
  t.strictSame([former.tries, later.tries], [1, 1])
})

await t.test('retry queue: does not try again what later work replaces', async t => {
  const { add, said, isIdle } = queueFor([60_000])
  const gate = Promise.withResolvers<void>()
  add('a', async () => { await gate.promise; throw new Unavailable() })
  const later = failing()
  add('a', later.run)
  gate.resolve()
  await until(isIdle)
  t.strictSame([later.tries, said()], [1, []])
})

await t.test('retry queue: a share that is used up blocks no other', async t => {
  const { queue, add, isIdle } = queueFor()
  const gate = Promise.withResolvers<void>()
  const hold = () => gate.promise
  const share = (tenant: string): QueuedWork['shares'] => [[tenant, 2], ['all', 4]]
  t.strictSame(['1', '2', '3', '4'].map(key => add(`a ${key}`, hold, share('a'))), [true, true, false, false])
  t.strictSame(
    ['b', 'c', 'd'].map(tenant => add(tenant, hold, share(tenant))), [true, true, false], 'up to the limit of all'
  )
  t.equal(queue.size(), 4)
  gate.resolve()
  await until(isIdle)
  t.strictSame(['1', '2', '3'].map(key => add(`a ${key}`, hold, share('a'))), [true, true, false])
  await until(isIdle)
})

await t.test('retry queue: close waits for what runs, and starts nothing', async t => {
  const { queue, add, said } = queueFor([60_000])
  const waiting = failing(new Unavailable())
  const later = failing()
  add('waiting', waiting.run)
  add('running', closing => new Promise<void>(resolve => closing.addEventListener('abort', () => resolve())))
  add('running', later.run)
  await until(() => said().length === 1)
  await queue.close()
  t.strictSame([queue.size(), waiting.tries, later.tries], [0, 1, 0])
  t.strictSame(said(), [
    'warn work has to wait', ...Array.from({ length: 2 }, () => 'error work was given up: the service ends')
  ])
})
