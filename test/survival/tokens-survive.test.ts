import type { ChildProcess } from 'node:child_process'
import { hash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import Fastify from 'fastify'
import pg from 'pg'
import t from 'tap'
import type { Test } from 'tap'
import { sandbox, type Portal } from '../../sandbox/index.ts'
import { loadConfig } from '../../src/config.ts'
import { createKeyRing } from '../../src/crypto/keys.ts'
import { serverOptions } from '../../src/server-options.ts'
import { openStore } from '../../src/store/open-store.ts'
import { until } from '../until.ts'
import { startPostgres } from '../postgres.ts'
import { environment, freePort, installationOn, openApp } from '../service.ts'
import { listening, run } from '../app/process.ts'

// Longer than other files are given: a minute of it is killing.
t.setTimeout(240_000)
const postgres = await startPostgres()

const PORTALS = 200
const PROCESSES = 4
/** Milliseconds */
const KILLING = 60_000
const KILL_EVERY = 200

/**
 * Portals with expired tokens in one database, and the processes that need them; these give a server so many
 * milliseconds to refresh.
 */
async function fleet (t: Test, refreshTimeout: number) {
  const bitrix24 = await sandbox()
  t.after(() => bitrix24.close())
  const portals = bitrix24.addPortals(PORTALS)
  const databaseUrl = postgres.createDatabase()
  const config = loadConfig({ ...bitrix24.env, DATABASE_URL: databaseUrl })
  const store = await openStore({ url: databaseUrl, keyRing: createKeyRing(config.appSecret) })
  for (const portal of portals) {
    portal.installed = true
    await store.install(installationOn(portal, bitrix24, -60), Date.now())
  }
  const urls = await Promise.all(Array.from({ length: PROCESSES }, async () => `http://127.0.0.1:${await freePort()}`))
  const env = { DATABASE_URL: databaseUrl, NODE_COMPILE_CACHE: t.testdir(), REFRESH_TIMEOUT: String(refreshTimeout) }
  const start = (url: string) =>
    run('test/survival/token-process.ts', environment(bitrix24, url, env))
  const ask = async (url: string, { memberId }: Portal, calls: number): Promise<string[]> =>
    await (await fetch(`${url}/tokens?member=${memberId}&calls=${calls}`)).json() as string[] // our own process
  const stored = async ({ memberId }: Portal) =>
    hash('sha256', String((await store.get(memberId))?.tokens?.accessToken))
  return { bitrix24, portals, databaseUrl, config, store, urls, start, ask, stored }
}

await t.test('tokens: four processes refresh the tokens of 200 portals once each', async t => {
  const { bitrix24, portals, store, urls, start, ask, stored } = await fleet(t, 30_000)
  t.after(() => store.close())
  const processes = urls.map(start)
  t.after(() => processes.forEach(({ child }) => child.kill('SIGKILL')))
  for (const url of urls) t.equal(await listening(`${url}/health`), true)
  bitrix24.wire.clear()

  const answers: string[][][] = []
  // All at once would be more than a busy machine reads from a database in the time that a read has.
  for (let first = 0; first < PORTALS; first += 25) {
    answers.push(...await Promise.all(portals.slice(first, first + 25).map(portal =>
      Promise.all(urls.map(url => ask(url, portal, 13))))))
  }
  const outcomes = answers.map(answer => [...new Set(answer.flat())])
  t.strictSame(outcomes, await Promise.all(portals.map(async portal => [await stored(portal)])),
    'all callers got the token that is stored')
  const refreshes = bitrix24.requests.filter(({ name }) => name === 'refresh_token')
  t.equal(new Set(refreshes.map(({ memberId }) => memberId)).size, PORTALS)
  t.equal(refreshes.length, PORTALS)
})

await t.test('tokens: no portal is lost for good when a process is killed', async t => {
  const { bitrix24, portals, databaseUrl, config, store, urls, start, ask } = await fleet(t, 3000)
  bitrix24.trouble.authorizationServerDelay = 20
  const processes = new Map(urls.map(url => [url, { ...start(url), isUp: false }]))
  t.after(() => processes.forEach(({ child }) => child.kill('SIGKILL')))
  for (const url of urls) t.equal(await listening(`${url}/health`), true)
  const client = new pg.Client(databaseUrl)
  t.after(() => client.end())
  await client.connect()
  const end = Date.now() + KILLING
  let [kills, hits, answered] = [0, 0, 0]

  /** Calls that never pause, at a process that may end at any time. */
  async function load (url: string): Promise<void> {
    while (Date.now() < end) {
      const portal = portals[Math.floor(Math.random() * PORTALS)] as Portal // the index is within
      const process = processes.get(url) as { isUp: boolean } // there is one for each
      const outcome = await ask(url, portal, 5).catch(() => undefined)
      if (outcome === undefined) await wait(50)
      else {
        process.isUp = true
        answered++
      }
    }
  }
  async function kill (): Promise<void> {
    for (let due = end - KILLING; due < end; due += KILL_EVERY) {
      await wait(due - Date.now())
      const url = urls[Math.floor(Math.random() * PROCESSES)] as string // the index is within
      const process = processes.get(url) as { child: ChildProcess, isUp: boolean } // there is one for each
      process.child.kill('SIGKILL')
      kills++
      if (process.isUp) hits++
      processes.set(url, { ...start(url), isUp: false })
    }
  }
  async function expire (): Promise<void> {
    for (; Date.now() < end; await wait(1000)) await client.query('update installations set expires_at = 0')
  }
  await Promise.all([...urls.flatMap(url => Array.from({ length: 4 }, () => load(url))), kill(), expire()])
  t.comment(
    `${kills} processes were killed, ${hits} of them while they answered; ${answered} times calls were answered`
  )
  t.ok(hits > 0)

  // What is lost shows when it has to be refreshed; a pause that was recorded while nobody could answer is over by
  // then.
  for (const url of urls) t.equal(await listening(`${url}/health`), true)
  await client.query('update installations set expires_at = 0')
  await client.query("update installations set refresh_next_try_at = 0 where refresh_code = 'unavailable'")
  const outcomes = await Promise.all(portals.map(async (portal, n) =>
    (await ask(String(urls[n % PROCESSES]), portal, 1))[0]))
  const lost = portals.filter((_portal, n) => outcomes[n] === 'B24_ERR_TOKENS_LOST')
  t.comment(`${lost.length} portals lost an answer`)
  t.strictSame(outcomes.filter(outcome => outcome?.startsWith('B24_') && outcome !== 'B24_ERR_TOKENS_LOST'), [])

  const fastify = Fastify({ ...serverOptions(config), logger: false })
  t.after(() => fastify.close())
  await fastify.register(openApp, { config, store })
  await fastify.listen({ host: config.host, port: config.port })
  for (const [n, portal] of lost.entries()) {
    // The portals of the sandbox share one limit of calls: 50, and two a second.
    if (n > 40) await wait(600)
    t.equal((await bitrix24.send(portal.placementCall('DEFAULT', { handler: `${config.publicUrl}/placement` }))).status,
      200)
  }
  await until(() => fastify.tokens.refreshes().recovered + fastify.tokens.refreshes().recovery_refused === lost.length)
  const finally_ = await Promise.all(portals.map(async (portal, n) =>
    (await ask(String(urls[n % PROCESSES]), portal, 1))[0]))
  t.strictSame(finally_.filter(outcome => outcome?.startsWith('B24_')), [], 'every portal has its tokens')
})
