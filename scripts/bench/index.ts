// npm run bench [-- rounds]: what a call costs, beside the same page from other servers. Each server and the load have
// a core of their own. The processor's time decides: requests per second depend on what else the machine does.
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sandbox } from '../../sandbox/index.ts'
import { freePort } from '../../sandbox/listen.ts'
import { callOf, load, median, medianOf, type Call, type Load } from './load.ts'
import { pacedLoad, type Latency } from './paced-load.ts'
import { processorTime, residentMegabytes, startServer, type Server } from './servers.ts'

const rounds = Number(process.argv[2] ?? 15)
const amount = 3000
const warmUp = 8
const folder = mkdtempSync(join(tmpdir(), 'fastify-bitrix24-bench-'))
const port = await freePort()
const bitrix24 = await sandbox({ appUrl: `http://127.0.0.1:${port}` })
const { alpha } = bitrix24.portals
const servers: Server[] = []

/** Calls with tokens of their own, of so many users that none of them comes to the limit of a user. */
function calls (count: number): Call[] {
  return Array.from({ length: count }, (_, index) => callOf(alpha.placementCall('REST_APP_URI', {
    user: { ...alpha.users.employee, id: 1000 + index },
    params: { test: 'y', docId: '42' },
    uri: '/company/personal/user/1/blog/'
  })))
}

async function start (file: string, env: Record<string, string> = {}): Promise<Server> {
  const server = await startServer(`scripts/bench/servers/${file}.ts`, await freePort(), env)
  servers.push(server)
  return server
}

try {
  const startOurs = () => startServer('dist/src/server.js', port, {
    ...bitrix24.env,
    PORT: String(port),
    LOG_LEVEL: 'info',
    DATABASE_URL: `sqlite:${join(folder, 'bench.db')}`,
    // As in the image
    NODE_COMPILE_CACHE: join(folder, 'compile-cache')
  })
  // Installed by a process of its own: what that takes is no part of a start, nor what V8 compiles.
  const installing = await startOurs()
  servers.push(installing)
  await bitrix24.install()
  installing.child.kill()
  await once(installing.child, 'exit')
  const ours = await startOurs()
  servers.push(ours)
  const known = calls(2000)
  const [first = { path: '', body: '' }] = known
  const answer = await fetch(ours.url + first.path, { method: 'POST', body: new URLSearchParams(first.body) })
  const page = await answer.text()
  const [startTime, firstMemory] = [processorTime(ours), residentMegabytes(ours)]
  writeFileSync(join(folder, 'page.html'), page)
  const env = {
    PAGE: join(folder, 'page.html'),
    POLICY: String(answer.headers.get('content-security-policy')),
    SESSION: /name="page-session" content="([^"]+)"/.exec(page)?.[1] ?? '',
    DOMAIN: alpha.domain,
    AUTHORIZATION_SERVER: bitrix24.authorizationServer,
    CLIENT_ID: bitrix24.clientId,
    APPLICATION_TOKEN: alpha.applicationToken
  }
  const measured: Record<string, Server> = {
    a: await start('node-http', env),
    b: await start('fastify', env),
    c: await start('by-hand', env),
    d: await start('express', env),
    e: ours
  }
  const names: Record<string, string> = {
    a: 'node:http, fixed reply',
    b: 'Fastify, the view',
    c: 'Fastify by hand, no proof',
    d: 'Express, EJS, helmet …',
    e: 'ours, known token'
  }
  const loads: Record<string, Load[]> = {}
  // The first rounds prove the tokens, and run until V8 has compiled what is hot; they do not count.
  for (let round = -warmUp; round < rounds; round++) {
    for (const [key, server] of Object.entries(measured)) {
      const result = await load(server, known, amount)
      if (round >= 0) (loads[key] ??= []).push(result)
    }
  }
  const table = Object.entries(loads).map(([key, all]) => {
    const { cpu, perSecond } = medianOf(all)
    const sorted = all.map(({ cpu }) => cpu).sort((a, b) => a - b)
    const quartile = (part: number) => (sorted[Math.floor(sorted.length * part)] ?? NaN).toFixed(0)
    const middle = `${quartile(0.25)}–${quartile(0.75)}`
    const figures = { 'µs CPU': Math.round(cpu), 'half of the rounds': middle, 'per second': Math.round(perSecond) }
    return [`${key} ${names[key]}`, figures]
  })
  console.table(Object.fromEntries(table))
  const ratio = (one: string, other: string) =>
    median((loads[one] ?? []).map(({ cpu }, round) => cpu / (loads[other]?.[round]?.cpu ?? NaN))).toFixed(2)
  console.log(`CPU e/c ${ratio('e', 'c')} (goal 1.15), e/b ${ratio('e', 'b')} (goal 1.4), ` +
    `d/e ${ratio('d', 'e')} (goal 3)`)

  const half = Math.round(medianOf(loads['e'] ?? []).perSecond / 2)
  const latencies: Record<string, Latency[]> = {}
  for (let round = 0; round < 5; round++) {
    for (const key of ['c', 'e']) {
      (latencies[key] ??= []).push(await pacedLoad(measured[key] as Server, known, half * 5, half))
    }
  }
  for (const [key, all] of Object.entries(latencies)) {
    const p50 = median(all.map(({ p50 }) => p50))
    const p99 = median(all.map(({ p99 }) => p99))
    console.log(`${key} at half load (${half}/s): p50 ${p50.toFixed(0)} µs, p99 ${p99.toFixed(0)} µs, ` +
      `p99/p50 ${(p99 / p50).toFixed(2)} (goal 2)`)
  }

  for (const delay of [0, 100]) {
    bitrix24.trouble.authorizationServerDelay = delay
    const all: Load[] = []
    for (let round = 0; round < 5; round++) all.push(await load(ours, calls(300)))
    const { cpu, p50 } = medianOf(all)
    console.log(`f ours, unseen token, server ${delay} ms away: ${Math.round(cpu)} µs CPU, p50 ${p50} ms`)
  }
  console.log(`start to the first page: ${(startTime / 1000).toFixed(0)} ms CPU (goal 600 ms), ` +
    `then ${firstMemory.toFixed(0)} MB (goal 100), now ${residentMegabytes(ours).toFixed(0)} MB (goal 120)`)
} finally {
  for (const { child } of servers) child.kill()
  await bitrix24.close()
  rmSync(folder, { recursive: true })
}
