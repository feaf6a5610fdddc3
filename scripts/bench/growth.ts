// npm run bench:growth [-- portals]: what a call costs as portals, placements and options grow: the processor's
// time for a known token, for a token that is seen for the first time, and for an employee's home.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sandbox } from '../../sandbox/index.ts'
import { freePort } from '../../sandbox/listen.ts'
import { fillStore } from './fill-store.ts'
import { callOf, load, medianOf, type Call, type Load } from './load.ts'
import { residentMegabytes, startServer } from './servers.ts'

interface Size { portals: number, placements: number, bytes: number }

const most = Number(process.argv[2] ?? 1_000_000)
const usual: Size = { portals: 1, placements: 1, bytes: 10 }
const sizes: Size[] = [
  ...[1, 10_000, most].map(portals => ({ ...usual, portals })),
  ...[100, 10_000].map(placements => ({ ...usual, placements })),
  ...[1000, 10_000, 120_000].map(bytes => ({ ...usual, bytes }))
]
const code = 'CRM_DEAL_DETAIL_TAB'
const folder = mkdtempSync(join(tmpdir(), 'fastify-bitrix24-bench-growth-'))

/** An application with a tab and so many placements in all. */
function writeApplication (placements: number): string {
  const application = join(folder, `application-${placements}`)
  mkdirSync(join(application, 'placements'), { recursive: true })
  mkdirSync(join(application, 'views'))
  writeFileSync(join(application, 'views/tab.eta'), '<p>Deal <%= it.deal %></p>')
  writeFileSync(join(application, `placements/${code}.js`), `
    export default async fastify => {
      const codes = ['${code}', ...Array.from({ length: ${placements - 1} }, (_, index) => 'BENCH_' + index)]
      fastify.placement(codes, { bind: false }, (request, reply) =>
        reply.page('tab', { deal: request.placement.options.ID }, { title: 'Deal' }))
    }`)
  return application
}

async function measure ({ portals, placements, bytes }: Size) {
  const port = await freePort()
  const bitrix24 = await sandbox({ appUrl: `http://127.0.0.1:${port}` })
  const url = `sqlite:${join(folder, `${portals}.db`)}`
  const { alpha } = bitrix24.portals
  const calls = (count: number, placement = code): Call[] => Array.from({ length: count }, (_, index) => {
    return callOf(alpha.placementCall(placement, {
      handler: `http://127.0.0.1:${port}/placement`,
      user: { ...alpha.users.employee, id: 1000 + index },
      ...(placement === code && { params: { ID: '1', text: 'x'.repeat(bytes) } })
    }))
  })
  await fillStore(url, portals - 1)
  const server = await startServer('dist/src/server.js', port, {
    ...bitrix24.env, PORT: String(port), DATABASE_URL: url, LOG_LEVEL: 'info', APPLICATION: writeApplication(placements)
  })
  try {
    await bitrix24.install()
    const first: Load[] = []
    for (let round = 0; round < 4; round++) first.push(await load(server, calls(250)))
    const known = calls(500)
    const again: Load[] = []
    for (let round = 0; round < 8; round++) again.push(await load(server, known))
    const homes: Load[] = []
    // Few: a home asks the portal, which takes two calls a second.
    const home = calls(10, 'DEFAULT')
    for (let round = 0; round < 2; round++) homes.push(await load(server, home))
    // The first rounds run hot.
    const cpu = (loads: Load[]) => Math.round(medianOf(loads).cpu)
    const figures = {
      'known token, µs': cpu(again.slice(3)),
      'unseen token, µs': cpu(first.slice(2)),
      'home, µs': cpu(homes.slice(1))
    }
    return { portals, placements, bytes, ...figures, MB: Math.round(residentMegabytes(server)) }
  } finally {
    server.child.kill()
    await bitrix24.close()
    rmSync(join(folder, `application-${placements}`), { recursive: true })
  }
}

try {
  for (const size of sizes) console.log(await measure(size))
} finally {
  rmSync(folder, { recursive: true })
}
