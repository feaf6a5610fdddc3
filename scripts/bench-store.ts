// npm run bench:store [-- rows]: what it costs to look a portal up among a million, in each store.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { createKeyRing } from '../src/crypto/keys.ts'
import { createCipher } from '../src/crypto/encryption.ts'
import { openDatabase } from '../src/store/open-database.ts'
import { openStore, type Store } from '../src/store/open-store.ts'
import { readStoreAddress } from '../src/store/store-address.ts'
import { startPostgresServer } from '../test/postgres-server.ts'

const rows = Number(process.argv[2] ?? 1_000_000)
const lookups = 20_000
const batch = 500
const keyRing = createKeyRing(Buffer.alloc(32, 1).toString('base64'))
const memberIdOf = (index: number) => index.toString(16).padStart(8, '0').repeat(4)
const random = () => memberIdOf(Math.floor(Math.random() * rows))

async function fill (url: string): Promise<void> {
  const { encrypt } = createCipher(keyRing.derive('store'))
  const { db, changes } = await openDatabase(readStoreAddress(url))
  for (let start = 0; start < rows; start += batch) {
    await db.insertInto('installations').values(Array.from({ length: Math.min(batch, rows - start) }, (_, index) => {
      const memberId = memberIdOf(start + index)
      const secret = (column: string) => encrypt(memberId + memberId, memberId, column)
      return {
        member_id: memberId,
        domain: `portal-${start + index}.bitrix24.com`,
        client_endpoint: `https://portal-${start + index}.bitrix24.com/rest/`,
        server_endpoint: 'https://oauth.bitrix.info/rest/',
        scope: 'crm,placement,user_brief',
        status: 'L',
        application_token: secret('application_token'),
        access_token: secret('access_token'),
        refresh_token: secret('refresh_token'),
        expires_at: 3_600_000,
        user_id: 1,
        installed_at: start,
        updated_at: start,
        token_version: 1,
        refreshed_at: start
      }
    })).execute()
    await turn()
  }
  await changes.close()
  await db.destroy()
}

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

async function measure (name: string, url: string, goal: number): Promise<void> {
  const filling = performance.now()
  await fill(url)
  console.log(`${name}: ${rows} installations written in ${((performance.now() - filling) / 1000).toFixed(0)} s`)
  const starting = performance.now()
  const store = await openStore({ url, keyRing })
  const start = performance.now() - starting
  const first = await lookUp(store)
  const before = residentMegabytes()
  const second = await lookUp(store)
  const after = residentMegabytes()
  const stale = performance.now()
  await store.staleTokens(rows / 2, 10)
  const found = (performance.now() - stale).toFixed(1)
  console.log(`${name}: start ${start.toFixed(0)} ms (goal 2000 ms)`)
  for (const { p50, p99 } of [first, second]) {
    console.log(`${name}: lookup p50 ${p50.toFixed(3)} ms, p99 ${p99.toFixed(3)} ms (goal p99 ${goal} ms)`)
  }
  const memory = [before, after].map(megabytes => megabytes.toFixed(0))
  console.log(`${name}: resident memory ${memory[0]} MB, after ${lookups} further lookups ${memory[1]} MB (goal: flat)`)
  console.log(`${name}: ten of ${Math.floor(rows / 2)} stale pairs found in ${found} ms (goal 20 ms)`)
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
