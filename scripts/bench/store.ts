// npm run bench:store [-- rows]: what it costs to look a portal up among a million, and how long the service's own
// sweeps take there, in each store.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { openStore, type Store } from '../../src/store/open-store.ts'
import { startPostgresServer } from '../../test/postgres-server.ts'
import { fillStore, keyRing, memberIdOf } from './fill-store.ts'

const rows = Number(process.argv[2] ?? 1_000_000)
const lookups = 20_000
const random = () => memberIdOf(Math.floor(Math.random() * rows))

async function lookUp (store: Store): Promise<{ p50: number, p99: number }> {
  const times: number[] = []
  for (let index = 0; index < lookups; index++) {
    const begin = performance.now()
    const row = await store.get(random())
    times.push(performance.now() - begin)
    if (!row?.tokens) throw new Error('a row is missing')
    // As between two calls: what a statement took is given back then.
    await turn()
  }
  times.sort((a, b) => a - b)
  return { p50: times[Math.floor(lookups * 0.5)] ?? NaN, p99: times[Math.floor(lookups * 0.99)] ?? NaN }
}

function residentMegabytes (): number {
  globalThis.gc?.()
  return process.memoryUsage.rss() / 1_048_576
}

/** What the service asks from time to time. On SQLite nothing else runs meanwhile. */
const sweeps = (store: Store): Record<string, () => Promise<unknown>> => ({
  'ten of many stale token pairs': async () => await store.staleTokens(rows / 2, 10),
  'unconfirmed uninstalls': async () => await store.uninstallRequests(),
  'old tombstones': async () => await store.clearTombstones(rows, 100),
  'changes whose handlers are due': async () => await store.dueChanges(rows, 10)
})

async function measure (name: string, url: string, goal: number): Promise<void> {
  const filling = performance.now()
  await fillStore(url, rows)
  console.log(`${name}: ${rows} installations written in ${((performance.now() - filling) / 1000).toFixed(0)} s`)
  const starting = performance.now()
  const store = await openStore({ url, keyRing })
  const start = performance.now() - starting
  const first = await lookUp(store)
  const before = residentMegabytes()
  const second = await lookUp(store)
  const after = residentMegabytes()
  console.log(`${name}: start ${start.toFixed(0)} ms (goal 2000 ms)`)
  for (const { p50, p99 } of [first, second]) {
    console.log(`${name}: lookup p50 ${p50.toFixed(3)} ms, p99 ${p99.toFixed(3)} ms (goal p99 ${goal} ms)`)
  }
  const memory = [before, after].map(megabytes => megabytes.toFixed(0))
  console.log(`${name}: resident memory ${memory[0]} MB, after ${lookups} further lookups ${memory[1]} MB (goal: flat)`)
  for (const [what, sweep] of Object.entries(sweeps(store))) {
    const begin = performance.now()
    await sweep()
    console.log(`${name}: ${what} ${(performance.now() - begin).toFixed(1)} ms (goal 20 ms)`)
  }
  await store.close()
}

const folder = mkdtempSync(join(tmpdir(), 'fastify-bitrix24-bench-store-'))
const postgres = await startPostgresServer()
try {
  await measure('SQLite', `sqlite:${join(folder, 'bench.db')}`, 2)
  await measure('PostgreSQL', postgres.createDatabase(), 5)
} finally {
  postgres.close()
  rmSync(folder, { recursive: true })
}
