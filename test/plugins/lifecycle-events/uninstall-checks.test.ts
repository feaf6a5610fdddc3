import t from 'tap'
import { createUninstallChecks } from '../../../plugins/lifecycle-events/uninstall-checks.ts'
import { until } from '../../until.ts'

const minute = 60_000
const hour = 60 * minute
const staysOpen = new AbortController().signal

/** Checks whose questions the test answers; `stored` are the wishes in the store. */
function checksFor (stored: Array<{ memberId: string, since: number }> = [], patience = minute) {
  const clock = { now: 1000 * hour }
  const asked: string[] = []
  const failed: unknown[] = []
  const answers: Array<PromiseWithResolvers<void>> = []
  const checks = createUninstallChecks({
    confirm: async (memberId, request) => {
      asked.push([memberId, request?.applicationToken].join(' ').trim())
      const answer = Promise.withResolvers<void>()
      answers.push(answer)
      await answer.promise
    },
    unconfirmed: async () => stored,
    log: { error: (fields: unknown) => failed.push(fields) },
    interval: minute,
    patience,
    now: () => clock.now
  })
  return { checks, clock, stored, asked, failed, answers }
}

const request = { applicationToken: 'token', clean: true }

await t.test('isDue: is true once a minute, and forgets no request', async t => {
  const { checks, clock, asked, answers } = checksFor()
  t.strictSame(Array.from({ length: 1000 }, () => checks.isDue('m1', request)).filter(Boolean), [true])
  t.equal(checks.isDue('m2', request), true, 'another portal does not wait')
  const looking = checks.look(staysOpen)
  await until(() => answers.length === 1)
  t.strictSame(asked, ['m1 token'])
  answers[0]?.resolve()
  await looking
  await checks.look(staysOpen)
  t.strictSame(asked, ['m1 token'], 'once')
  clock.now += minute
  t.equal(checks.isDue('m1', request), true)
})

await t.test('look: asks a few at a time about thousands of requests', async t => {
  const { checks, stored, asked, answers, clock, failed } = checksFor()
  stored.push(...Array.from({ length: 3000 }, (_, index) => ({ memberId: `m${index}`, since: clock.now })))
  const looking = checks.look(staysOpen)
  for (let round = 1; round <= 750; round++) {
    await until(() => asked.length === 4 * round)
    for (const { resolve } of answers.splice(0)) resolve()
  }
  await looking
  t.equal(new Set(asked).size, 3000)
  t.strictSame(failed, [])
})

await t.test('look: portals that let it wait hold up no others', async t => {
  const { checks, stored, asked, clock } = checksFor([], 10)
  stored.push(...Array.from({ length: 9 }, (_, index) => ({ memberId: `m${index}`, since: clock.now })))
  await checks.look(staysOpen)
  t.equal(asked.length, 9, 'none of them has been answered')
})

await t.test('look: logs a question that fails, and goes on', async t => {
  const { checks, stored, asked, answers, clock, failed } = checksFor()
  stored.push(...Array.from({ length: 5 }, (_, index) => ({ memberId: `m${index}`, since: clock.now })))
  const looking = checks.look(staysOpen)
  await until(() => answers.length === 4)
  const err = new Error('disk full')
  answers[0]?.reject(err)
  await until(() => asked.length === 5)
  for (const { resolve } of answers) resolve()
  await looking
  t.strictSame(failed, [{ err }])
})

await t.test('look: asks nothing more when the service ends', async t => {
  const { checks, stored, asked, answers, clock } = checksFor()
  stored.push(...Array.from({ length: 9 }, (_, index) => ({ memberId: `m${index}`, since: clock.now })))
  const closing = new AbortController()
  const looking = checks.look(closing.signal)
  await until(() => answers.length === 4)
  closing.abort()
  for (const { resolve } of answers) resolve()
  await looking
  t.equal(asked.length, 4)
})
