import type { FastifyReply, FastifyRequest } from 'fastify'
import t from 'tap'
import { createAdmission } from '../../../src/http/rate-limits.ts'

/** An admission with a clock and turns of its own. */
function scene ({ serves = false } = {}) {
  let time = 1000
  let afterTurn: () => void = () => {}
  const error = Object.assign(new Error('refused'), { code: 'REFUSED', name: 'FastifyError' })
  const hook = createAdmission(() => serves ? undefined : error, {
    maxDelay: 50, now: () => time, afterTurn: work => { afterTurn = work }
  })
  /** Requests of one turn, each of which takes so many milliseconds. Returns whether each was served. */
  const turn = (...milliseconds: number[]) => {
    const served = milliseconds.map(taken => {
      let refusal: Error | undefined
      // It looks at neither of them.
      hook.call({} as never, {} as FastifyRequest, {} as FastifyReply, error => { refusal = error })
      if (refusal === undefined) time += taken
      return refusal === undefined
    })
    afterTurn()
    return served
  }
  return { turn, wait: (milliseconds: number) => { time += milliseconds } }
}

await t.test('admission: serves half of the time after three late turns', async t => {
  const { turn } = scene()
  for (let times = 0; times < 3; times++) t.strictSame(turn(20, 20, 20), [true, true, true])
  t.strictSame(turn(10, 10, 10, 10, 10), [true, true, true, false, false])
})

await t.test('admission: takes one long pause for what it is', async t => {
  const { turn } = scene()
  turn(400)
  t.strictSame(turn(10, 10, 10, 10), [true, true, true, true])
  t.strictSame(turn(20, 20, 20), [true, true, true], 'late')
  t.strictSame(turn(10, 10, 10, 10), [true, true, true, true], 'a turn in time between')
})

await t.test('admission: late turns with a rest between are no overload', async t => {
  const { turn, wait } = scene()
  for (let times = 0; times < 6; times++) {
    t.strictSame(turn(20, 20, 20, 20), [true, true, true, true])
    wait(60)
  }
})

await t.test('admission: a turn without an end counts as several', async t => {
  const { turn } = scene()
  const served = turn(...Array.from({ length: 40 }, () => 10))
  t.strictSame(served.slice(0, 18), Array.from({ length: 18 }, () => true))
  t.ok(served.includes(false))
})

await t.test('admission: an overload is over a second after its last refusal', async t => {
  const { turn, wait } = scene()
  for (let times = 0; times < 3; times++) turn(60)
  t.strictSame(turn(30, 10), [true, false])
  wait(900)
  t.strictSame(turn(30, 10), [true, false])
  wait(1001)
  t.strictSame(turn(30, 10), [true, true])
})

await t.test('admission: serves late what has to be served', async t => {
  const { turn, wait } = scene({ serves: true })
  for (let times = 0; times < 3; times++) turn(60)
  t.strictSame(turn(30, 10, 10), [true, true, true])
  wait(1001)
})
