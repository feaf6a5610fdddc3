// npm run bench:load [-- seconds]: what becomes of calls at five times the capacity of the service. A handler computes
// for four milliseconds, so that one core of load is enough. Calls come at random, as those of people do, whether or
// not earlier ones have been answered, and their duration counts from when they were due.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { sandbox } from '../../sandbox/index.ts'
import { freePort } from '../../sandbox/listen.ts'
import { callOf, type Call } from './load.ts'
import { processorTime, startServer, type Server } from './servers.ts'

/** Status 0: the connection was lost. */
interface Answer { at: number, status: number, ms: number, retryAfter?: string | undefined }

const seconds = Number(process.argv[2] ?? 10)
const code = 'CRM_DEAL_DETAIL_TAB'
const folder = mkdtempSync(join(tmpdir(), 'fastify-bitrix24-bench-load-'))
const port = await freePort()
const bitrix24 = await sandbox({ appUrl: `http://127.0.0.1:${port}` })
// An update ends the proofs of its portal, so events come from another one.
const { alpha, beta } = bitrix24.portals
const agent = new Agent({ keepAlive: true })
let server: Server | undefined

const percentile = (values: readonly number[], part: number): number =>
  Number(values.toSorted((a, b) => a - b)[Math.floor(values.length * part)]?.toFixed(1))
const times = (answers: readonly Answer[]) => answers.filter(({ status }) => status === 200).map(({ ms }) => ms)

let userId = 1000
/** Calls with tokens of their own, of so many users that none of them comes to the limit of a user. */
const calls = (count: number): Call[] => Array.from({ length: count }, () => callOf(alpha.placementCall(code, {
  handler: `http://127.0.0.1:${port}/placement`, user: { ...alpha.users.employee, id: userId++ }
})))

/** Sends a request that was due at that time. */
const send = async (path: string, body?: string, due = performance.now()): Promise<Answer> => {
  const { promise, resolve } = Promise.withResolvers<Answer>()
  const end = (status: number, retryAfter?: string) =>
    resolve({ at: due, status, ms: performance.now() - due, retryAfter })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const method = body === undefined ? 'GET' : 'POST'
  request({ agent, port, path, method, headers }, answer => {
    answer.resume().on('end', () => end(Number(answer.statusCode), answer.headers['retry-after']))
  }).on('error', () => end(0)).end(body)
  return await promise
}

/** Sends so many calls a second for a time, and waits for their answers. */
async function offer (all: readonly Call[], perSecond: number, duration = seconds): Promise<Answer[]> {
  const answers: Array<Promise<Answer>> = []
  const end = performance.now() + duration * 1000
  for (let due = performance.now(); due < end; due -= Math.log(1 - Math.random()) * 1000 / perSecond) {
    while (due > performance.now()) await wait(1)
    const { path, body } = all[answers.length % all.length] as Call // there is one at each index
    answers.push(send(path, body, due))
  }
  return await Promise.all(answers)
}

/** Asks again and again, as who watches the service does. */
async function watch (ask: () => Promise<Answer>, pause: number, over: AbortSignal): Promise<Answer[]> {
  const answers: Answer[] = []
  for (; !over.aborted; await wait(pause)) answers.push(await ask())
  return answers
}

async function measure (name: string, capacity: number, callsFor: (count: number) => Call[]): Promise<void> {
  const [half, five] = [capacity / 2, capacity * 5]
  const usual = times(await offer(callsFor(half * seconds), half))
  const overload = callsFor(five * seconds)
  const afterwards = callsFor(half * 5)
  const over = new AbortController()
  const watching = Promise.all([
    watch(() => send('/health'), 20, over.signal),
    watch(() => send('/events', new URLSearchParams(beta.event('ONAPPUPDATE').body).toString()), 500, over.signal)
  ])
  const began = performance.now()
  const offering = offer(overload, five)
  await wait(seconds * 1000)
  const end = performance.now()
  const after = await offer(afterwards, half, 5)
  over.abort()
  const answers = await offering
  const [health, events] = await watching
  const refused = answers.filter(({ status }) => status === 503)
  const slow = after.filter(({ status, ms }) => status !== 200 || ms > 2 * percentile(usual, 0.99))
  const admitted = times(answers)
  const [p99, usualP99] = [percentile(admitted, 0.99), percentile(usual, 0.99)]
  // What came before it was noticed has been answered by then.
  const later = times(answers.filter(({ at }) => at > began + 2000))
  console.log(name)
  console.table({
    [`usual, ${Math.round(half)}/s`]: { answered: usual.length, p50: percentile(usual, 0.5), p99: usualP99 },
    [`overload, ${Math.round(five)}/s`]: { answered: admitted.length, p50: percentile(admitted, 0.5), p99 },
    'after two seconds of it': {
      answered: later.length, p50: percentile(later, 0.5), p99: percentile(later, 0.99)
    }
  })
  console.log(`p99 of admitted calls is ${(p99 / usualP99).toFixed(2)} times the usual (goal: 2); ` +
    `${refused.length} of ${answers.length} were refused, ` +
    `${refused.filter(({ retryAfter }) => retryAfter === undefined).length} of them without Retry-After; ` +
    `${answers.length - admitted.length - refused.length} had another answer`)
  const failedHealth = health.length - times(health).length
  console.log(`/health: p99 ${percentile(times(health), 0.99).toFixed(0)} ms, ${failedHealth} failed; ` +
    `${events.length - times(events).length} of ${events.length} events failed; ` +
    `as usual again after ${(Math.max(0, ...slow.map(({ at }) => at - end)) / 1000).toFixed(2)} s (goal: 2)`)
}

try {
  mkdirSync(join(folder, 'placements'))
  mkdirSync(join(folder, 'views'))
  writeFileSync(join(folder, 'views/tab.eta'), '<p>Deal <%= it.deal %></p>')
  writeFileSync(join(folder, `placements/${code}.js`), `
    export default async fastify => {
      fastify.placement('${code}', (request, reply) => {
        const end = performance.now() + 4
        while (performance.now() < end);
        return reply.page('tab', { deal: 1 }, { title: 'Deal' })
      })
    }`)
  server = await startServer('dist/src/server.js', port, {
    ...bitrix24.env,
    PORT: String(port),
    // The sandbox turns it off.
    OVERLOAD_DELAY: '50',
    LOG_LEVEL: 'info',
    DATABASE_URL: `sqlite:${join(folder, 'bench.db')}`,
    APPLICATION: folder
  })
  await bitrix24.install()
  await bitrix24.install(beta)
  const known = calls(400)
  // The first round proves the tokens.
  await offer(known, 100, 4)
  const before = processorTime(server)
  await offer(known, 100, 4)
  const perSecond = known.length * 1e6 / (processorTime(server) - before)
  console.log(`capacity: ${perSecond.toFixed(0)} calls a second`)
  await measure('known tokens', perSecond, () => known)
  bitrix24.trouble.authorizationServerDelay = 100
  await measure('unseen tokens, authorization server 100 ms away', perSecond, calls)
} finally {
  server?.child.kill()
  agent.destroy()
  await bitrix24.close()
  rmSync(folder, { recursive: true })
}
