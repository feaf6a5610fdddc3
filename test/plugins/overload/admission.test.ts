import { EventEmitter } from 'node:events'
import type { FastifyReply, FastifyRequest } from 'fastify'
import t from 'tap'
import { createAdmission } from '../../../plugins/overload/admission.ts'
import { until } from '../../until.ts'

const refusal = Object.assign(new Error('refused'), { code: 'REFUSED', name: 'FastifyError' })

/** An admission with a clock, turns and idle time of its own. */
function admission ({ serves = false, delay = 0 } = {}) {
  let [time, idle] = [1000, 0]
  let afterTurn: () => void = () => {}
  const { enter, throwIfOverloaded } = createAdmission(() => serves ? undefined : refusal, {
    maxDelay: 50, delay, now: () => time, idle: () => idle, afterTurn: work => { afterTurn = work }
  })
  return {
    now: () => time,
    work: (milliseconds: number) => { time += milliseconds },
    rest: (milliseconds: number) => {
      time += milliseconds
      idle += milliseconds
    },
    endTurn: () => { afterTurn() },
    /** A request enters. One that has not been refused then has to be answered. */
    ask (onRefused = () => {}) {
      const raw = new EventEmitter()
      let isServed = true
      // It reads the end of the answer, and nothing else.
      enter.call({} as never, {} as FastifyRequest, { raw } as FastifyReply, error => {
        if (error === undefined) return
        isServed = false
        onRefused()
      })
      return { isServed, answer: () => raw.emit('close') }
    },
    /** A request comes back that has waited. As above, nothing of it is read. */
    isResumed () {
      try {
        throwIfOverloaded.call({} as FastifyRequest)
        return true
      } catch (error) {
        if (error === refusal) return false
        throw error
      }
    }
  }
}

/** As above, with whole turns. */
function scene (options = {}) {
  const service = admission(options)
  return {
    ...service,
    /** Requests of one turn, each of which takes so many milliseconds. Returns whether each was served. */
    turn (...milliseconds: number[]) {
      const served = milliseconds.map(taken => {
        const { isServed, answer } = service.ask()
        if (isServed) service.work(taken)
        answer()
        return isServed
      })
      service.endTurn()
      return served
    }
  }
}

// Milliseconds of the processor: a call that is served, and a refusal
const costs = { served: 0.25, refused: 0.06 }

/** Clients that call again as soon as they are answered: how many calls were served, refused, and the p99 of those. */
function simulate (clients: number) {
  const { now, work, rest, ask, endTurn } = admission()
  // When each has sent its call; who was refused calls again later.
  const sentAt = Array.from({ length: clients }, () => now())
  const times: number[] = []
  let refused = 0
  let since = 0
  for (let turns = 0; turns < 1000; turns++) {
    // It takes a moment to notice an overload.
    if (turns === 10) since = now()
    for (const [client, at] of sentAt.entries()) {
      if (at > now()) continue
      const { isServed, answer } = ask()
      work(isServed ? costs.served : costs.refused)
      answer()
      if (isServed && turns >= 10) times.push(now() - at)
      if (!isServed) refused++
      sentAt[client] = isServed ? now() : now() + 1000
    }
    endTurn()
    rest(0.1)
  }
  times.sort((one, other) => one - other)
  const perSecond = times.length * 1000 / (now() - since)
  return { refused, p99: Number(times[Math.floor(times.length * 0.99)]), perSecond }
}

await t.test('admission: p99 at five times capacity stays below twice the usual', async t => {
  const usual = simulate(190)
  t.equal(usual.refused, 0)
  const overloaded = simulate(190 * 5)
  t.ok(overloaded.refused > 0)
  t.ok(overloaded.p99 < usual.p99 * 2, `${overloaded.p99} ms, usually ${usual.p99} ms`)
  t.ok(overloaded.perSecond > usual.perSecond * 0.8, `${overloaded.perSecond} a second, usually ${usual.perSecond}`)
})

await t.test('admission: serves the start of each turn after three late turns', async t => {
  const { turn } = scene()
  for (let times = 0; times < 3; times++) t.strictSame(turn(20, 20, 20), [true, true, true])
  t.strictSame(turn(1, 1, 1, 1), [true, true, false, false])
})

await t.test('admission: takes one long pause for what it is', async t => {
  const { turn } = scene()
  turn(400)
  t.strictSame(turn(10, 10, 10, 10), [true, true, true, true])
  t.strictSame(turn(20, 20, 20), [true, true, true], 'late')
  t.strictSame(turn(10, 10, 10, 10), [true, true, true, true], 'a turn in time between')
})

await t.test('admission: late turns with a rest between are no overload', async t => {
  const { turn, rest } = scene()
  for (let times = 0; times < 6; times++) {
    t.strictSame(turn(20, 20, 20, 20), [true, true, true, true])
    rest(60)
  }
})

await t.test('admission: a turn without an end counts as several', async t => {
  const { turn } = scene()
  const served = turn(...Array.from({ length: 40 }, () => 10))
  t.strictSame(served.slice(0, 16), Array.from({ length: 16 }, () => true))
  t.ok(served.includes(false))
})

await t.test('admission: an overload is over when all could have been served', async t => {
  const { turn, rest, ask } = scene()
  for (let times = 0; times < 3; times++) turn(60)
  // At five times the capacity nothing is idle. Much later there is as much to do.
  for (let times = 0; times < 100; times++) t.strictSame(turn(10, 10, 10, 10, 10), [true, false, false, false, false])
  // At half of it two calls may come in one turn nevertheless.
  const statuses = Array.from({ length: 60 }, () => {
    rest(30)
    return turn(10, 10)
  })
  t.strictSame(statuses[0], [true, false])
  t.strictSame(statuses.at(-1), [true, true])
  turn(10)
  t.equal(ask().isServed, true)
})

await t.test('admission: an overload is over after a time without calls', async t => {
  const { turn, rest } = scene()
  for (let times = 0; times < 3; times++) turn(60)
  t.strictSame(turn(30, 10), [true, false])
  rest(1000)
  t.strictSame(turn(30, 10), [true, true])
})

await t.test('admission: serves late what has to be served', async t => {
  const { turn, ask, work, isResumed } = scene({ serves: true })
  for (let times = 0; times < 3; times++) turn(60)
  t.strictSame(turn(30, 10, 10), [true, true, true])
  const { answer } = ask()
  work(30)
  t.equal(isResumed(), true)
  answer()
})

await t.test('admission: delays refusals, but not more than a thousand', async t => {
  const { ask, work, endTurn } = admission({ delay: 1 })
  let refused = 0
  const call = () => { ask(() => { refused++ }).answer() }
  for (let times = 0; times < 3; times++) {
    call()
    work(60)
    endTurn()
  }
  call()
  work(30)
  for (let times = 0; times < 1005; times++) call()
  t.equal(refused, 5)
  await until(() => refused === 1005)
})

await t.test('admission: an overload begins with few unanswered calls', async t => {
  const { turn, ask, rest } = scene()
  for (let times = 0; times < 3; times++) turn(60)
  const calls = Array.from({ length: 6 }, () => ask())
  t.strictSame(calls.map(({ isServed }) => isServed), [true, true, true, true, false, false])
  calls[0]?.answer()
  t.strictSame([1, 2, 3].map(() => ask().isServed), [true, true, false], 'its place, and one more')
  turn()
  rest(1000)
  t.equal(ask().isServed, true, 'over')
})

await t.test('admission: refuses what comes back when there is no time for it', async t => {
  const { turn, ask, isResumed, work, endTurn } = scene()
  t.equal(isResumed(), true)
  work(40)
  t.equal(isResumed(), true, 'no overload')
  endTurn()
  for (let times = 0; times < 3; times++) turn(60)
  const calls = Array.from({ length: 4 }, () => ask())
  calls.pop()?.answer()
  t.equal(ask().isServed, true, 'one more')
  t.equal(ask().isServed, true, 'one more for that which was answered')
  endTurn()
  t.equal(isResumed(), true, 'at the start of a turn')
  work(26)
  t.equal(isResumed(), false)
  endTurn()
  t.equal(ask().isServed, false, 'and there is a place less')
})

await t.test('admission: late turns count while the loop has no rest between them', async t => {
  for (const [pause, second] of [[0, false], [100, true]] as const) {
    const { turn, rest } = scene()
    turn(60)
    turn(60)
    rest(pause)
    turn(60)
    t.strictSame(turn(10, 10), [true, second], `after ${pause} ms`)
  }
})
