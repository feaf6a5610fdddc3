// npm run bench: what a call costs, against the same page without proof, decoding and dispatch. Each server and the load have a core of their own.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import autocannon from 'autocannon'
import { sandbox } from '../sandbox/index.ts'
import { createEpochs } from '../plugins/auth-token/verified-calls.ts'
import { cached } from '../plugins/auth-token/proof-cache.ts'
import { limited } from '../plugins/auth-token/proof-limit.ts'
import { createProve } from '../plugins/auth-token/prove.ts'
import { verifyCall } from '../plugins/auth-token/verify-call.ts'

const root = join(import.meta.dirname, '..')
const rounds = 5
const seconds = 5
const headers = { 'content-type': 'application/x-www-form-urlencoded' }
const folder = mkdtempSync(join(tmpdir(), 'fastify-bitrix24-bench-'))

async function freePort (): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // a TCP server has such an address
  server.close()
  return port
}

/** Starts a server on the first core and says how long it took to its first answer, in milliseconds. */
async function start (file: string, url: string, env: Record<string, string>): Promise<{ child: ChildProcess, ms: number }> {
  const begin = performance.now()
  const child = spawn('taskset', ['-c', '0', process.execPath, '--max-semi-space-size=4', join(root, file)], { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, NODE_ENV: 'production', ...env } })
  while (!await fetch(`${url}/health`).then(answer => answer.ok, () => false)) await wait(5)
  return { child, ms: performance.now() - begin }
}

const residentMegabytes = ({ pid }: ChildProcess) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN

async function load (url: string, bodies: string[]) {
  const { requests, latency, non2xx } = await autocannon({ url, requests: bodies.map(body => ({ method: 'POST', body, headers })), connections: 10, duration: seconds })
  if (non2xx > 0) throw new Error(`${non2xx} calls were refused`)
  return { perSecond: requests.average, p50: latency.p50, p99: latency.p99 }
}

const floorUrl = `http://127.0.0.1:${await freePort()}`
const serviceUrl = `http://127.0.0.1:${await freePort()}`
// Nothing of it is warm: it is the first to run.
const idle = process.cpuUsage()
const bitrix24 = await sandbox({ appUrl: serviceUrl })
const { user, system } = process.cpuUsage(idle)
const { alpha } = bitrix24.portals
alpha.installed = true

const service = await start('dist/src/server.js', serviceUrl, {
  HOST: '127.0.0.1',
  PORT: new URL(serviceUrl).port,
  PUBLIC_URL: serviceUrl,
  B24_CLIENT_ID: bitrix24.clientId,
  B24_CLIENT_SECRET: bitrix24.clientSecret,
  B24_OAUTH_SERVERS: bitrix24.authorizationServer,
  APP_SECRET: Buffer.alloc(32, 1).toString('base64'),
  DATABASE_URL: `sqlite:${join(folder, 'bench.db')}`,
  ALLOW_INSECURE_PORTALS: 'true'
})
// So many users that none of them comes to the limit of a user.
const calls = Array.from({ length: 2000 }, (_, index) => alpha.placementCall('REST_APP_URI', {
  user: { ...alpha.users.employee, id: 1000 + index }, params: { test: 'y', docId: '42' }, uri: '/company/personal/user/1/blog/'
}))
const [call = alpha.placementCall('REST_APP_URI')] = calls
const payloads = calls.map(({ payload }) => payload)
const pageOf = async (url: string) => await (await fetch(url, { method: 'POST', body: call.payload, headers })).text()
const page = await pageOf(call.url)
const session = /name="page-session" content="([^"]+)"/.exec(page)?.[1] ?? ''
const floor = await start('scripts/bench-floor.ts', floorUrl, { PORT: new URL(floorUrl).port, SESSION: session, DOMAIN: alpha.domain })

try {
  console.log(`bytes of the page: floor ${(await pageOf(call.url.replace(serviceUrl, floorUrl))).length}, call ${page.length}`)

  // Both run hot before anything counts.
  await load(call.url.replace(serviceUrl, floorUrl), payloads)
  await load(call.url, payloads)
  const results: Array<{ floor: Awaited<ReturnType<typeof load>>, call: Awaited<ReturnType<typeof load>> }> = []
  for (let round = 1; round <= rounds; round++) {
    const result = { floor: await load(call.url.replace(serviceUrl, floorUrl), payloads), call: await load(call.url, payloads) }
    results.push(result)
    for (const [name, { perSecond, p50, p99 }] of Object.entries(result)) console.log(`round ${round}, ${name}: ${perSecond.toFixed(0)} requests/s, p50 ${p50} ms, p99 ${p99} ms`)
  }
  console.log(`ratio call/floor: ${median(results.map(({ floor, call }) => call.perSecond / floor.perSecond)).toFixed(2)} (median of ${rounds}; goal 0.80)`)
  console.log(`resident memory: floor ${residentMegabytes(floor.child).toFixed(0)} MB, service ${residentMegabytes(service.child).toFixed(0)} MB (goal 120 MB)`)
  console.log(`start of a sandbox: ${((user + system) / 1000).toFixed(0)} ms of the processor (goal 300 ms)`)
  console.log(`start to first answer: ${service.ms.toFixed(0)} ms (goal 1000 ms)`)
  console.log(`a first proof without network time: ${(await firstProof()).toFixed(3)} ms`)
} finally {
  service.child.kill()
  floor.child.kill()
  await bitrix24.close()
  rmSync(folder, { recursive: true })
}

/** Milliseconds that we take ourselves to verify a token for the first time. */
async function firstProof (): Promise<number> {
  const now = Date.now
  const clientId = 'local.1'
  const info = {
    clientId,
    memberId: 'm',
    domain: 'p.bitrix24.com',
    clientEndpoint: 'https://p.bitrix24.com/rest/',
    scope: ['crm'],
    status: 'L',
    installed: true,
    userId: 1,
    expiresAt: now() + 3_600_000
  }
  const authorizationServers = { appInfo: async () => ({ ok: info }) }
  const prove = createProve({ authorizationServers, allowInsecurePortals: false, now })
  const rules = {
    clientId,
    servers: ['https://oauth.bitrix.info'],
    policy: 'when-present' as const,
    find: async () => undefined,
    ask: cached(limited(prove, { clientId, failuresPerMinute: 60, now }), { epochs: createEpochs(), now })
  }
  const call = { memberId: 'm', applicationToken: 't', serverEndpoint: '', ip: '127.0.0.1', installing: false }
  const times = 2000
  const begin = performance.now()
  for (let index = 0; index < times; index++) await verifyCall({ ...call, authId: `token ${index}` }, rules)
  return (performance.now() - begin) / times
}
