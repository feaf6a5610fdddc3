import { EventEmitter } from 'node:events'
import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import t from 'tap'
import { createAdmission } from '../../../plugins/overload/admission.ts'
import { until } from '../../until.ts'

const refusal = Object.assign(new Error('refused'), { code: 'REFUSED', name: 'FastifyError' })

/** Asks for a request. Served is one that has not been refused; it then has to be answered. */
function ask (hook: onRequestHookHandler, onRefused = () => {}) {
  const raw = new EventEmitter()
  let isServed = true
  // It reads the end of the answer, and nothing else.
  hook.call({} as never, {} as FastifyRequest, { raw } as FastifyReply, error => {
    if (error === undefined) return
    isServed = false
    onRefused()
  })
  return { isServed, answer: () => raw.emit('close') }
}

/** An admission with a clock and turns of its own. */
function scene ({ serves = false } = {}) {
  let time = 1000
  let afterTurn: () => void = () => {}
  const hook = createAdmission(() => serves ? undefined : refusal, {
    maxDelay: 50, delay: 0, now: () => time, afterTurn: work => { afterTurn = work }
  })
  /** Requests of one turn, each of which takes so many milliseconds. Returns whether each was served. */
  const turn = (...milliseconds: number[]) => {
    const served = milliseconds.map(taken => {
      const { isServed, answer } = ask(hook)
      if (isServed) time += taken
      answer()
      return isServed
    })
    afterTurn()
    return served
  }
  return { turn, hook, wait: (milliseconds: number) => { time += milliseconds } }
}

// Milliseconds of the processor: a call that is served, and a refusal
const costs = { served: 0.25, refused: 0.06 }

/** Clients that call again as soon as they are answered: how many calls were served, refused, and the p99 of those. */
function simulate (clients: number) {
  let time = 1000
  let afterTurn: () => void = () => {}
  const hook = createAdmission(() => refusal, {
    maxDelay: 50, delay: 0, now: () => time, afterTurn: work => { afterTurn = work }
  })
  // When each has sent its call; who was refused calls again later.
  const sentAt = Array.from({ length: clients }, () => time)
  const times: number[] = []
  let refused = 0
  for (let turns = 0; turns < 1000; turns++) {
    for (const [client, at] of sentAt.entries()) {
      if (at > time) continue
      const { isServed, answer } = ask(hook)
      time += isServed ? costs.served : costs.refused
      answer()
      // It takes a moment to notice an overload.
      if (isServed && turns > 10) times.push(time - at)
      if (!isServed) refused++
      sentAt[client] = isServed ? time : time + 1000
    }
    afterTurn()
    time += 0.1
  }
  times.sort((one, other) => one - other)
  return { refused, p99: Number(times[Math.floor(times.length * 0.99)]), perSecond: times.length / time * 1000 }
}

await t.test('admission: p99 at five times capacity stays below twice the usual', async t => {
  const usual = simulate(190)
  t.equal(usual.refused, 0)
  const overloaded = simulate(190 * 5)
  t.ok(overloaded.refused > 0)
  t.ok(overloaded.p99 < usual.p99 * 2, `${overloaded.p99} ms, usually ${usual.p99} ms`)
  t.ok(overloaded.perSecond > usual.perSecond * 0.8, 'refusals take little of the time')
})

await t.test('admission: serves an eighth of the time after three late turns', async t => {
  const { turn } = scene()
  for (let times = 0; times < 3; times++) t.strictSame(turn(20, 20, 20), [true, true, true])
  t.strictSame(turn(3, 3, 3, 3, 3), [true, true, true, false, false])
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
  t.strictSame(served.slice(0, 16), Array.from({ length: 16 }, () => true))
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

await t.test('admission: delays refusals, but not more than a thousand', async t => {
  let time = 1000
  let afterTurn: () => void = () => {}
  const hook = createAdmission(() => refusal, {
    maxDelay: 50, delay: 1, now: () => time, afterTurn: work => { afterTurn = work }
  })
  let refused = 0
  const call = () => { ask(hook, () => { refused++ }).answer() }
  for (let times = 0; times < 3; times++) {
    call()
    time += 60
    afterTurn()
  }
  call()
  time += 30
  for (let times = 0; times < 1005; times++) call()
  t.equal(refused, 5)
  await until(() => refused === 1005)
})

await t.test('admission: an overload begins with few unanswered calls', async t => {
  const { turn, hook, wait } = scene()
  for (let times = 0; times < 3; times++) turn(60)
  const calls = Array.from({ length: 6 }, () => ask(hook))
  t.strictSame(calls.map(({ isServed }) => isServed), [true, true, true, true, false, false])
  calls[0]?.answer()
  t.equal(ask(hook).isServed, true)
  t.equal(ask(hook).isServed, false)
  turn()
  wait(1001)
  t.equal(ask(hook).isServed, true, 'over')
})
