// npm run bench:journal [-- rounds]: what the journal costs, where each call asks its portal once. Two servers that
// differ in JOURNAL_DAYS only take turns. The sandbox limits REST calls as Bitrix24 does, so a plain server answers
// them once the portals are installed.
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { sandbox } from '../../sandbox/index.ts'
import { freePort } from '../../sandbox/listen.ts'
import { callOf, load, type Call } from './load.ts'
import { processorTime, startServer, type Server } from './servers.ts'

interface Side { days: number, server: Server, calls: Call[], cpu: number[] }

const rounds = Number(process.argv[2] ?? 16)
const warmUp = 3
const amount = 5000
const portals = 30
const usersOfPortal = 40
// Milliseconds: what a round has to be written is written then, and counts.
const writing = 1500
const code = 'CRM_DEAL_DETAIL_TAB'
const folder = mkdtempSync(join(tmpdir(), 'fastify-bitrix24-bench-journal-'))
const deal = JSON.stringify({
  result: Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`UF_CRM_FIELD_${index}`, `value ${index}`])),
  time: { start: 1, finish: 2, duration: 1, processing: 1, date_start: '', date_finish: '', operating: 0 }
})

const closing: Array<() => Promise<void>> = []

/** A portal that answers each REST call at once. */
async function startPortal (): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => { response.setHeader('content-type', 'application/json').end(deal) })
  }).listen(0, 'localhost')
  closing.push(async () => { server.close().closeAllConnections() })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // a TCP server has such an address
  return `http://localhost:${port}`
}

async function start (days: number): Promise<Side> {
  const port = await freePort()
  const bitrix24 = await sandbox({ appUrl: `http://127.0.0.1:${port}` })
  // Whose limits let all portals of this bench be installed at once.
  bitrix24.trouble.licence = 'enterprise'
  const url = await startPortal()
  const server = await startServer('dist/src/server.js', port, {
    ...bitrix24.env,
    PORT: String(port),
    JOURNAL_DAYS: String(days),
    LOG_LEVEL: 'info',
    DATABASE_URL: `sqlite:${join(folder, `${days}.db`)}`,
    APPLICATION: folder
  })
  closing.push(async () => {
    server.child.kill()
    await bitrix24.close()
  })
  const calls: Call[] = []
  for (const portal of bitrix24.addPortals(portals)) {
    const { status } = await bitrix24.install(portal)
    if (status !== 200) throw new Error(`the installation was answered with ${status}`)
    // The authorization server names this address with each proof.
    portal.url = url
    for (let index = 0; index < usersOfPortal; index++) {
      calls.push(callOf(portal.placementCall(code, {
        handler: `http://127.0.0.1:${port}/placement`,
        user: { ...portal.users.employee, id: 1000 + index },
        params: { ID: String(index) }
      })))
    }
  }
  return { days, server, calls, cpu: [] }
}

const quartiles = (values: readonly number[], digits: number): string => {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (part: number) => (sorted[Math.floor(sorted.length * part)] ?? NaN).toFixed(digits)
  return `${at(0.5)} (half of the rounds: ${at(0.25)}–${at(0.75)})`
}

try {
  mkdirSync(join(folder, 'placements'))
  mkdirSync(join(folder, 'views'))
  writeFileSync(join(folder, 'views/tab.eta'), '<p>Deal <%= it.title %></p>')
  writeFileSync(join(folder, `placements/${code}.js`), `
    export default async fastify => {
      fastify.placement('${code}', async ({ placement: { rest, options } }, reply) => {
        const deal = await rest.call('crm.deal.get', { id: options.ID, select: ['ID', 'TITLE'] })
        return reply.page('tab', { title: deal.UF_CRM_FIELD_1 }, { title: 'Deal' })
      })
    }`)
  const sides = [await start(3), await start(0)]
  // The first rounds prove the tokens, and run until V8 has compiled what is hot; they do not count.
  for (let round = -warmUp; round < rounds; round++) {
    for (const { server, calls, cpu } of round % 2 === 0 ? sides : sides.toReversed()) {
      const before = processorTime(server)
      await load(server, calls, amount)
      await wait(writing)
      if (round >= 0) cpu.push((processorTime(server) - before) / amount)
    }
  }
  const [kept = [], notKept = []] = sides.map(({ cpu }) => cpu)
  for (const { days, cpu } of sides) console.log(`JOURNAL_DAYS=${days}: ${quartiles(cpu, 0)} µs CPU a call`)
  const parts = kept.map((cpu, round) => (cpu / (notKept[round] ?? NaN) - 1) * 100)
  console.log(`the journal costs ${quartiles(parts, 1)} % (goal: 3)`)
} finally {
  for (const close of closing) await close()
  rmSync(folder, { recursive: true })
}
