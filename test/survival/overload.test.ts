import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import autocannon from 'autocannon'
import t from 'tap'
import { sandbox } from '../../sandbox/index.ts'
import { codeOf, environment, freePort, postForm } from '../service.ts'
import { listening, root, run } from '../app/process.ts'

// A handler that keeps the event loop, so that it is the service that has too much to do, and not who calls it.
const program = `
  import Fastify from 'fastify'
  import { openApp } from ${JSON.stringify(join(root, 'test/service.ts'))}
  import { serverOptions } from ${JSON.stringify(join(root, 'src/server-options.ts'))}
  import { loadConfig } from ${JSON.stringify(join(root, 'src/config.ts'))}
  const config = loadConfig(process.env)
  const fastify = Fastify(serverOptions(config))
  await fastify.register(openApp, { config })
  fastify.placement('LEFT_MENU', {}, async () => {
    // Keeps the event loop for ten milliseconds.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
    return 'opened'
  })
  await fastify.listen(config)
`
const headers = { 'content-type': 'application/x-www-form-urlencoded' }
// Seconds
const duration = 5

await t.test('overload: answers what it can, and refuses the rest', async t => {
  const folder = t.testdir({ 'service.mjs': program })
  const url = `http://127.0.0.1:${await freePort()}`
  const bitrix24 = await sandbox({ appUrl: url })
  t.after(() => bitrix24.close())
  const { alpha } = bitrix24.portals
  const { child, ended, text } = run(join(folder, 'service.mjs'), environment(bitrix24, url, { OVERLOAD_DELAY: '50' }))
  t.after(async () => {
    child.kill()
    await ended
  })
  t.equal(await listening(`${url}/health`), true, text())
  await bitrix24.install()

  // So many users that none of them comes to the limit of a user.
  let userId = 1000
  const newCalls = (length: number) => Array.from({ length }, () => alpha.placementCall('LEFT_MENU', {
    user: { ...alpha.users.employee, id: userId++ }, lang: 'de'
  }))
  const calls = newCalls(200)
  for (const call of calls) t.equal((await postForm(call.url, call.payload)).status, 200)

  /** Calls one after the other on each connection: how many had which answer, and how long those with 200 took. */
  async function load (connections: number) {
    const times: number[] = []
    const statuses = new Map<number, number>()
    let started = 0
    const ended = Promise.withResolvers<autocannon.Result>()
    autocannon({
      url,
      connections,
      duration,
      timeout: 60,
      setupClient: client => {
        const first = started++ * calls.length / connections
        client.setRequests(calls.map((_, index) => {
          const call = calls[Math.floor(first + index) % calls.length]
          const { pathname, search } = new URL(String(call?.url))
          return { method: 'POST', path: pathname + search, headers, body: call?.payload ?? '' }
        }))
      }
    }, (_error, result) => ended.resolve(result)).on('response', (_client, status, _bytes, milliseconds) => {
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      if (status === 200) times.push(milliseconds)
    })
    const { errors, timeouts } = await ended.promise
    times.sort((one, other) => one - other)
    const p99 = Math.round(Number(times[Math.floor(times.length * 0.99)]))
    t.comment(`${connections} connections: ${JSON.stringify(Object.fromEntries(statuses))}, p99 of 200: ${p99} ms`)
    t.strictSame({ errors, timeouts }, { errors: 0, timeouts: 0 })
    return statuses
  }

  t.strictSame([...(await load(1)).keys()], [200])

  const loading = load(200)
  const over = new AbortController()
  const end = loading.finally(() => over.abort())
  const [pages, others] = [new Set<string>(), new Set<string>()]
  const whileLoaded = async (ask: () => Promise<void>) => { while (!over.signal.aborted) await ask() }
  await Promise.all([
    whileLoaded(async () => {
      for (const path of ['/health', '/ready', '/metrics']) others.add(`${path} ${(await fetch(url + path)).status}`)
    }),
    whileLoaded(async () => {
      const { status } = await postForm(`${url}/events`, alpha.event('ONAPPUPDATE').body)
      others.add(`event ${status}`)
      await wait(200)
    }),
    // Several at once, as what comes first in a turn of the event loop is served; each of a user of its own.
    ...calls.slice(0, 50).map(async call => await whileLoaded(async () => {
      const { status, headers, text } = await postForm(call.url, call.payload)
      if (status !== 503) return
      const language = /<html lang="(.+?)"/.exec(text)?.[1]
      const isFramed = headers.get('content-security-policy')?.includes(alpha.domain)
      pages.add([codeOf({ text }), headers.get('retry-after'), language, isFramed].join(' '))
    }))
  ])
  const statuses = await end
  t.strictSame([...statuses.keys()].sort(), [200, 503])
  t.strictSame([...pages], ['B24_ERR_OVERLOADED 5 de true'])
  t.strictSame([...others].sort(), ['/health 200', '/metrics 200', '/ready 200', 'event 200'])

  // Itself again with the first call after it.
  for (const call of calls.slice(0, 20)) t.equal((await postForm(call.url, call.payload)).status, 200)

  // With proofs that take a while: each call comes back when it can no longer be refused.
  bitrix24.trouble.authorizationServerDelay = 100
  const answered = new Set<number>()
  await Promise.all(Array.from({ length: 400 }, async () => {
    for (const call of newCalls(3)) answered.add((await postForm(call.url, call.payload)).status)
  }))
  t.strictSame([...answered].sort(), [200, 503])
  for (const call of newCalls(20)) t.equal((await postForm(call.url, call.payload)).status, 200)
})
