import { subscribe, unsubscribe, type ChannelListener } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { pipeline } from 'node:stream'
import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { createKeyRing } from '../../../src/crypto/keys.ts'
import { queryChannel, type QueryMessage } from '../../../src/diagnostics/measurements.ts'
import { installed, memberId, refreshed, tokens } from '../../store-contract/contract-values.ts'
import { storeContract } from '../../store-contract/store-contract.ts'
import type { Database } from '../../../src/store/database.ts'
import { migrate } from '../../../src/store/migrations.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { openPostgresDatabase, openPostgresPool, postgresConfig } from '../../../src/store/postgres-database.ts'
import { createPostgresChanges } from '../../../src/store/postgres-changes.ts'
import { logLines } from '../../log-lines.ts'
import { until } from '../../until.ts'
import { startOwnPostgres } from '../../postgres.ts'

const secret = (byte: number) => Buffer.alloc(32, byte).toString('base64')
const keyRing = createKeyRing(secret(1))
const postgres = await startOwnPostgres()
const url = postgres.createDatabase()
const open = (log?: pino.Logger) => openStore({ url, keyRing, ...(log && { log }) })
const owner = new pg.Client(url)
owner.on('error', () => {})
await owner.connect()
// As a database can have it that others use, too.
await owner.query(`alter database ${new URL(url).pathname.slice(1)} set default_transaction_isolation = 'serializable'`)

await t.test('PostgreSQL: one of many instances that start at once makes the tables', async t => {
  const { lines, stream } = logLines()
  const stores = await Promise.all(Array.from({ length: 6 }, () => open(pino(stream))))
  t.after(() => Promise.all(stores.map(store => store.close())))
  t.equal(lines.filter(({ migrations }) => migrations !== undefined).length, 1)
  await Promise.all(stores.map(store => store.ping()))
})

await t.test('PostgreSQL: keeps the store contract', async t => {
  for (const { name, run } of storeContract) {
    await t.resolves(run(async () => {
      await owner.query('truncate installations, system_users')
      return await open()
    }), name)
  }
})

/** Two instances on one database. */
async function pair (t: Test, log?: pino.Logger) {
  await owner.query('truncate installations, system_users')
  const stores = [await open(log), await open()] as const
  t.after(() => Promise.all(stores.map(store => store.close())))
  return stores
}

await t.test('PostgreSQL: tells other instances of an install or uninstall', async t => {
  const [one, two] = await pair(t)
  const heard: string[] = []
  two.onPortalChanged(id => { heard.push(id) })
  for (const change of [() => one.install(installed, 10), () => one.markUninstalled(memberId, 20)]) {
    await change()
    await until(() => heard.length > 0)
    t.strictSame(heard.splice(0), [memberId])
  }
})

await t.test('PostgreSQL: lets one of two instances replace a pair', async t => {
  const [one, two] = await pair(t)
  await one.install(installed, 10)
  const leases = await Promise.all([
    one.acquireTokenLease(memberId, 'one', 1000, 100), two.acquireTokenLease(memberId, 'two', 1000, 100)
  ])
  t.equal(leases.filter(Boolean).length, 1)
  const replaced = await Promise.all([
    one.replaceTokens(memberId, refreshed, 20, 1), two.replaceTokens(memberId, tokens, 20, 1)
  ])
  t.equal(replaced.filter(Boolean).length, 1)
  t.equal((await two.get(memberId))?.tokenVersion, 2)
})

await t.test('PostgreSQL: stores no system user while another instance uninstalls', async t => {
  const [store] = await pair(t)
  await store.install(installed, 10)
  await owner.query('begin')
  await owner.query('update installations set uninstalled_at = 20 where member_id = $1', [memberId])
  const storing = store.systemUsers.put(memberId, 9, tokens, 30)
  const waiting = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%system_users%'"
  await until(async () => {
    // Within a transaction, what is known of others stays as it was when it was first asked for.
    await owner.query('select pg_stat_clear_snapshot()')
    return (await owner.query(waiting)).rows.length > 0
  })
  await owner.query('commit')
  t.equal(await storing, false)
  t.equal((await owner.query('select refresh_token from system_users')).rows[0]?.refresh_token, null)
})

await t.test('PostgreSQL: lets one of two instances store the next pair of a system user', async t => {
  const [one, two] = await pair(t)
  await one.install(installed, 10)
  await Promise.all([one, two].map(({ systemUsers }) => systemUsers.put(memberId, 9, tokens, 20)))
  const leases = await Promise.all([one, two].map(({ systemUsers }, index) =>
    systemUsers.acquireTokenLease(memberId, `owner-${index}`, 1000, 100)))
  t.equal(leases.filter(Boolean).length, 1)
  const replaced = await Promise.all([one, two].map(({ systemUsers }) =>
    systemUsers.replaceTokens(memberId, refreshed, 30, 2)))
  t.equal(replaced.filter(Boolean).length, 1)
  t.match(await two.systemUsers.get(memberId), { tokenVersion: 3, tokens: refreshed })
})

await t.test('PostgreSQL: gives a statement up after five seconds', async t => {
  const [store] = await pair(t)
  await owner.query('begin; lock table installations in access exclusive mode')
  await t.rejects(store.get(memberId), /statement timeout|Query read timeout/)
  await owner.query('rollback')
  t.equal(await store.get(memberId), undefined)
})

await t.test('PostgreSQL: lets calls beyond the ten connections wait', async t => {
  const [store] = await pair(t)
  await store.install(installed, 10)
  const rows = await Promise.all(Array.from({ length: 100 }, () => store.get(memberId)))
  t.ok(rows.every(row => row?.tokens?.accessToken === tokens.accessToken))
})

await t.test('PostgreSQL: lets calls wait while it gives no more connections', async t => {
  const address = postgres.createDatabase()
  const store = await openStore({ url: address, keyRing })
  await store.install(installed, 10)
  await store.close()
  // One to be notified by, one for statements
  await owner.query('create role few login connection limit 2')
  postgres.query(address, 'grant all on all tables in schema public to few; grant create on schema public to few')
  const limited = await openStore({ url: address.replace('owner', 'few'), keyRing })
  t.after(() => limited.close())
  const rows = await Promise.all(Array.from({ length: 30 }, () => limited.get(memberId)))
  t.ok(rows.every(row => row?.memberId === memberId))
})

await t.test('changes: notify late when the connection was lost', async t => {
  for (const column of ['updated_at', 'uninstalled_at']) {
    const { lines, stream } = logLines()
    const [store] = await pair(t, pino(stream))
    const heard: string[] = []
    store.onPortalChanged(id => { heard.push(id) })
    await store.install(installed, 10)
    await store.install({ ...installed, memberId: 'unchanged' }, 10)
    await until(() => heard.length === 2)
    heard.length = 0
    await owner.query(`update installations set ${column} = $1 where member_id = $2`, [Date.now(), memberId])
    await owner.query("select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen%'")
    await until(() => lines.some(({ missed }) => missed === 1))
    t.strictSame(heard, [memberId], column)
  }
})

await t.test('changes: replace a connection that no longer answers', async t => {
  const changes = await createPostgresChanges(
    { ...postgresConfig(url), application_name: 'frozen', query_timeout: 200 }, undefined, 50
  )
  t.after(() => changes.close())
  const backend = async () => Number((await owner.query('select pid from pg_stat_activity where application_name = ' +
    "'frozen' order by backend_start desc")).rows[0]?.pid)
  const heard: string[] = []
  const stop = changes.listen(id => { heard.push(id) })
  const first = await backend()
  // The second time it asks it has had an answer.
  const asked = new Set<string>()
  await until(async () => {
    const { rows } = await owner.query('select query_start::text as at from pg_stat_activity where application_name ' +
      "= 'frozen' and query = 'select 1'")
    for (const { at } of rows) asked.add(at)
    return asked.size > 1
  })
  process.kill(first, 'SIGSTOP')
  t.after(() => { process.kill(first, 'SIGCONT') })
  await until(async () => {
    await owner.query("select pg_notify('b24_portal_changed', 'a portal')")
    return heard.length > 0
  })
  t.not(await backend(), first)
  stop()
})

await t.test('changes: close when the server hangs', async t => {
  const changes = await createPostgresChanges(postgresConfig(url))
  const resume = postgres.hang()
  t.after(resume)
  await changes.close()
  t.pass('closed')
})

await t.test('pool: gives up a silent connection with its first statement', async t => {
  const pool = openPostgresPool({ ...postgresConfig(url), application_name: 'silent', query_timeout: 1000, max: 1 })
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
  t.after(() => db.destroy())
  const backend = async () => (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)).rows[0]?.pid
  const first = Number(await backend())
  t.equal(await backend(), first)
  process.kill(first, 'SIGSTOP')
  t.after(() => { process.kill(first, 'SIGCONT') })
  await t.rejects(backend(), { message: 'Query read timeout' })
  t.not(await backend(), first)
  await t.rejects(sql`select nothing`.execute(db), { code: '42703' })
  await backend()
})

await t.test('pool: gives up a connection to what has become a replica with its first write', async t => {
  const address = postgres.createDatabase()
  const setReadOnly = (value: 'on' | 'off') =>
    owner.query(`alter database ${new URL(address).pathname.slice(1)} set default_transaction_read_only = ${value}`)
  await setReadOnly('on')
  const store = await openStore({ url: address, keyRing })
  t.after(() => store.close())
  await store.ping()
  // Of connections that are there, the database keeps to what it was when they began.
  await setReadOnly('off')
  await t.rejects(store.install(installed, 10), { code: '25006' })
  t.equal(await store.install(installed, 10), true)
})

await t.test('migrate: lets a statement take longer than those of calls', async t => {
  const config = { ...postgresConfig(url), statement_timeout: 100, query_timeout: 200 }
  const db = openPostgresDatabase(config)
  t.after(() => db.destroy())
  const slow = sql`select pg_sleep(0.3)`
  await t.rejects(slow.execute(db), { message: /timeout/ })
  const up = async (db: Kysely<unknown>) => { await slow.execute(db) }
  t.strictSame(await migrate(db, { name: 'slow', tables: {}, migrations: { '0001-slow': { up } } }), ['0001-slow'])
})

await t.test('changes: reject when the first connection fails', async t => {
  await t.rejects(createPostgresChanges(postgresConfig('postgres://127.0.0.1:1/test')), { code: 'ECONNREFUSED' })
})

await t.test('changes: leave no connection when closed while reconnecting', async t => {
  const { hostname, port, pathname } = new URL(url)
  const accepted: Socket[] = []
  const pass = (socket: Socket) => {
    const server = connect(Number(port), hostname)
    pipeline(socket, server, socket, () => server.destroy())
  }
  const gate = createServer(socket => {
    if (accepted.push(socket) === 1) pass(socket)
  }).listen(0, '127.0.0.1')
  await once(gate, 'listening')
  t.after(() => gate.close())
  const { port: gatePort } = gate.address() as AddressInfo // a TCP server has such an address
  const changes = await createPostgresChanges({
    ...postgresConfig(`postgres://owner@127.0.0.1:${gatePort}${pathname}`), application_name: 'gated'
  })
  accepted[0]?.destroy()
  await until(() => accepted.length === 2)
  const closed = changes.close()
  for (const socket of accepted.slice(1)) pass(socket)
  await closed
  const gated = async () =>
    (await owner.query("select pid from pg_stat_activity where application_name = 'gated'")).rows
  await until(async () => (await gated()).length === 0)
  t.equal(accepted.length, 2)
})

/** Takes the place of the stopped server, until somebody has tried to connect to it in vain. */
async function reconnecting (): Promise<void> {
  const server = createServer(socket => socket.destroy()).listen(Number(new URL(url).port), '127.0.0.1')
  await once(server, 'connection')
  server.close()
  await once(server, 'close')
}

await t.test('PostgreSQL: rejects calls during a restart, and loses nothing', async t => {
  const { lines, stream } = logLines()
  const [store] = await pair(t, pino(stream))
  await store.install(installed, 10)
  await Promise.all(Array.from({ length: 10 }, () => store.get(memberId)))
  await owner.query('begin; lock table installations in access exclusive mode')
  const interrupted = t.rejects(store.get(memberId))
  await postgres.stop('immediate')
  await interrupted
  await t.rejects(store.ping())
  await t.rejects(store.markUninstalled(memberId, 20))
  await until(() => lines.some(({ msg }) => msg === 'an idle connection to PostgreSQL was lost'))
  await reconnecting()
  await postgres.start()
  await until(() => store.ping().then(() => true, () => false))
  t.strictSame((await store.get(memberId))?.tokens, tokens)
  const heard = new Promise(resolve => store.onPortalChanged(resolve))
  await until(() => lines.some(({ missed }) => missed === 0))
  await store.markUninstalled(memberId, 20)
  t.equal(await heard, memberId)
})

await t.test('PostgreSQL: tells whoever measures that it cannot be reached', async t => {
  const store = await open()
  const told: unknown[] = []
  const listener = ({ kind, hasFailed }: QueryMessage) => told.push({ kind, hasFailed })
  subscribe(queryChannel.name, listener as ChannelListener)
  t.teardown(() => unsubscribe(queryChannel.name, listener as ChannelListener))
  await postgres.stop('fast')
  // Connections that were open may fail with a statement.
  await until(async () => {
    await t.rejects(store.ping())
    return told.some(message => (message as QueryMessage).kind === 'connect')
  })
  t.match(told.at(-1), { kind: 'connect', hasFailed: true })
  await postgres.start()
  await until(() => store.ping().then(() => true, () => false))
  t.match(told.at(-1), { kind: /Node$/, hasFailed: false })
  await store.close()
})

await t.test('PostgreSQL: closes a store while the server is away', async t => {
  const store = await open()
  await postgres.stop('fast')
  await reconnecting()
  await store.close()
  t.pass('closed')
})

await t.test('openStore: rejects an unusable database, and shows no password', async t => {
  for (const [address, message] of [
    [url, /^DATABASE_URL: PostgreSQL cannot be used: ECONNREFUSED/],
    [url.replace('owner@', 'owner:pass-word@'), /ECONNREFUSED/]
  ] as const) {
    await t.rejects(openStore({ url: address, keyRing }), { code: 'B24_ERR_STORE_OPEN', message })
  }
  await postgres.start()
  const missing = url.replace(/[^/]+$/, 'missing').replace('owner@', 'owner:pass-word@')
  await t.rejects(openStore({ url: missing, keyRing }), {
    message: 'DATABASE_URL: PostgreSQL cannot be used: 3D000: database "missing" does not exist'
  })
  postgres.query(url, "create database latin encoding 'LATIN1' template template0")
  await t.rejects(openStore({ url: url.replace(/[^/]+$/, 'latin'), keyRing }), {
    message: 'DATABASE_URL: PostgreSQL cannot be used: its encoding is LATIN1, and must be UTF8'
  })
})

await t.test('openStore: leaves TLS and its certificates to the address', async t => {
  await t.rejects(openStore({ url: `${url}?sslmode=verify-full`, keyRing }), {
    code: 'B24_ERR_STORE_OPEN', message: /self-signed certificate/
  })
  const store = await openStore({ url: `${url}?sslmode=verify-full&sslrootcert=${postgres.certificate}`, keyRing })
  t.after(() => store.close())
  await store.ping()
  t.equal(postgres.query(url, 'select bool_and(ssl) from pg_stat_ssl join pg_stat_activity using (pid) where ' +
    "application_name = 'fastify-bitrix24'"), 't')
})

await owner.end()
