import { once } from 'node:events'
import { Agent, request, type IncomingMessage } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import Fastify from 'fastify'
import t from 'tap'
import errorPages from '../../../plugins/error-pages/index.ts'
import overload from '../../../plugins/overload/index.ts'
import { build, type Scope } from '../../build.ts'
import { startService } from '../../service.ts'

/** Keeps the event loop from everything else. */
function block (milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}

/** A bare Fastify with the plugin. `load` answers requests in one turn of the loop, and returns their statuses. */
async function serviceFor (t: Scope, options = {}) {
  let time = 1000
  const app = await build(t, async app => {
    await app.register(errorPages)
    await app.register(overload, { maxDelay: 20, delay: 0, now: () => time, ...options })
    // In a hook, as what is injected at the same time passes all hooks before the first handler runs.
    app.get('/slow', { onRequest: async () => { time += 35 } }, () => 'answered')
    app.get('/call', () => 'answered')
    app.get('/waiting', {
      onRequest: async request => {
        time += 15
        request.throwIfOverloaded?.()
      }
    }, () => 'answered')
    app.get('/once', { config: { isAlwaysServed: true } }, () => 'answered')
    app.get('/health', { logLevel: 'warn' }, () => 'answered')
  })
  const load = async (...paths: string[]) => {
    const answers = await Promise.all(paths.map(async path => await app.inject(path)))
    await turn()
    return answers.map(({ statusCode }) => statusCode)
  }
  /** Three turns in a row that are late */
  const makeLate = async () => { for (let times = 0; times < 3; times++) await load('/slow') }
  return { app, load, makeLate }
}

await t.test('overload: refuses what comes late in a turn after late ones', async t => {
  const { app, load, makeLate } = await serviceFor(t)
  t.strictSame(await load('/slow', '/call', '/call'), [200, 200, 200], 'one late turn is none')
  await makeLate()
  t.strictSame(await load('/slow', '/call', '/call'), [200, 503, 503])
  await makeLate()
  const [, refused] = await Promise.all([app.inject('/slow'), app.inject('/call')])
  t.match(refused.json(), { error: 'B24_ERR_OVERLOADED', status: 503 })
  t.equal(refused.headers['retry-after'], '5')
})

await t.test('overload: refuses a call that comes back when it is late', async t => {
  const { load, makeLate } = await serviceFor(t)
  t.strictSame(await load('/waiting'), [200])
  await makeLate()
  t.strictSame(await load('/waiting'), [503])
  const off = await serviceFor(t, { maxDelay: 0 })
  await off.makeLate()
  t.strictSame(await off.load('/waiting'), [200])
})

await t.test('overload: sees the calls that wait for their connection', async t => {
  let time = 1000
  const app = await build(t, async app => {
    await app.register(errorPages)
    await app.register(overload, { maxDelay: 20, delay: 0, now: () => time })
    app.get('/slow', { onRequest: async () => { time += 5 } }, () => 'answered')
  })
  const url = await app.listen({ port: 0 })
  const agent = new Agent({ maxSockets: Infinity })
  const calls = Array.from({ length: 200 }, async () => {
    const call = request(`${url}/slow`, { agent }).end()
    const [answer] = await once(call, 'response') as [IncomingMessage] // what the event brings
    answer.resume()
    return answer.statusCode
  })
  const statuses = await Promise.all(calls)
  t.ok(statuses.includes(503), 'each has come in a turn of its own, none of which was late')
  t.ok(statuses.filter(status => status === 200).length >= 12, 'as many are answered as there was time for')
})

await t.test('overload: serves health checks, and what is sent once', async t => {
  const { load, makeLate } = await serviceFor(t)
  await makeLate()
  t.strictSame(await load('/slow', '/health', '/once', '/call'), [200, 200, 200, 503])
})

await t.test('overload: refuses nobody when it is turned off', async t => {
  const { load, makeLate } = await serviceFor(t, { maxDelay: 0 })
  await makeLate()
  t.strictSame(await load('/slow', '/call'), [200, 200])
})

await t.test('overload: checks its option', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  await t.rejects(async () => { await app.register(overload, { maxDelay: -1 }) }, /maxDelay must be a number from 0/)
})

await t.test("overload: shows a page in the user's language, and logs one line", async t => {
  const { url, call, install, lines, sandbox: { portals: { alpha } } } = await startService(t, {
    env: { OVERLOAD_DELAY: '20' },
    prepare: fastify => {
      fastify.placement('LEFT_MENU', {}, async () => {
        block(30)
        return 'opened'
      })
    }
  })
  await install()
  const opened = alpha.placementCall('LEFT_MENU', { lang: 'de', handler: `${url}/placement` })
  t.equal((await call(opened)).text, 'opened')
  let refused: Awaited<ReturnType<typeof call>> | undefined
  while (refused === undefined) {
    const answers = await Promise.all(Array.from({ length: 10 }, async () => await call(opened)))
    refused = answers.find(({ status }) => status === 503)
    await turn()
  }
  t.equal(refused.headers.get('retry-after'), '5')
  t.match(refused.text, '<html lang="de"')
  t.match(refused.text, 'Die Anwendung ist ausgelastet')
  t.match(refused.text, 'B24_ERR_OVERLOADED')
  t.match(refused.headers.get('content-security-policy'), `frame-ancestors 'self' ${alpha.url}`)
  t.equal((await fetch(`${url}/health`)).status, 200)
  t.equal(lines().filter(({ msg }) => msg === 'overloaded: calls are refused with 503').length, 1)
  t.notOk(lines().some(({ outcome }) => outcome === 'B24_ERR_OVERLOADED'))
})
