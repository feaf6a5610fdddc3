import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { LogLine } from '../log-lines.ts'
import { until } from '../until.ts'
import { startService } from '../service.ts'

const code = 'PAGE_BACKGROUND_WORKER'
const fixture = join(import.meta.dirname, `../fixtures/payloads/${code}_ERROR.json`)
const { body } = JSON.parse(readFileSync(fixture, 'utf8'))

/** An installed service with a background worker, and how often it was removed. */
async function scene (t: Test, declared = code) {
  const service = await startService(t, { prepare: fastify => { fastify.placement(declared, {}, async () => 'ok') } })
  const { alpha } = service.sandbox.portals
  await service.install()
  const address = String(alpha.placements.find(({ placement }) => placement === code)?.options['errorHandlerUrl'])
  const isBound = () => alpha.placements.some(({ placement }) => placement === code)
  const isOfWorker = ({ part, member }: LogLine) => part === 'background worker' && member !== undefined
  const removed = () => service.lines().filter(isOfWorker).length
  return { service, alpha, address, isBound, removed }
}

const json = 'application/json'
const accepted = { status: 200, body: { status: 'accepted' } }

async function post (address: string, sent: string | undefined, type?: string) {
  const headers = new Headers(type === undefined ? {} : { 'content-type': type })
  const answer = await fetch(address, { method: 'POST', headers, ...(sent !== undefined && { body: sent }) })
  return { status: answer.status, body: await answer.json() }
}

await t.test('worker errors: binds a removed background worker again', async t => {
  const { service, alpha, address, isBound, removed } = await scene(t)
  t.match(address, `${service.url}/events/worker?portal=${alpha.memberId}&key=`)
  alpha.placements = alpha.placements.filter(({ placement }) => placement !== code)
  const form = new URLSearchParams(body).toString()
  t.strictSame(await post(address, form, 'application/x-www-form-urlencoded'), accepted)
  await until(isBound)
  t.equal(alpha.placements.find(({ placement }) => placement === code)?.options['errorHandlerUrl'], address)
  t.equal(removed(), 1)
  // The install page, ONAPPINSTALL, and this time.
  await until(() => service.lines().filter(({ bound }) => bound !== undefined).length === 3)

  // Within a minute nothing more happens.
  service.sandbox.wire.clear()
  for (let turn = 0; turn < 20; turn++) t.strictSame(await post(address, JSON.stringify(body), json), accepted)
  t.equal(removed(), 1)
  t.strictSame(service.sandbox.requests, [])
  t.notMatch(service.log.join(), new URL(address).searchParams.get('key') ?? '-')
})

await t.test('worker errors: accepts a call of any form', async t => {
  const { address } = await scene(t)
  const rows = [[undefined, undefined], ['{', json], ['x', 'text/plain'], ['', json]] as const
  for (const [sent, type] of rows) t.strictSame(await post(address, sent, type), accepted, String(type))
  t.equal((await post(address, 'x'.repeat(20_000))).status, 413)
})

await t.test('worker errors: looks at a portal only when the key is right', async t => {
  const { service, alpha, address, removed } = await scene(t)
  const { beta } = service.sandbox.portals
  const key = new URL(address).searchParams.get('key') ?? ''
  service.sandbox.wire.clear()
  const portal = `portal=${alpha.memberId}`
  const queries = ['', portal, `${portal}&key=`, `portal=${beta.memberId}&key=${key}`, `${portal}&portal=x&key=${key}`]
  for (const query of queries) {
    t.equal((await post(`${service.url}/events/worker?${query}`, 'x')).status, 200, query)
  }
  t.equal(removed(), 0)
  t.strictSame(service.sandbox.requests, [])
})

await t.test('worker errors: finds the worker in a family, does nothing without one', async t => {
  const { removed, address } = await scene(t, 'PAGE_*')
  await post(address, 'x')
  t.equal(removed(), 1)
  const other = await scene(t, 'LEFT_MENU')
  await post(address.replace(/^.*(?=\/events)/, other.service.url), 'x')
  t.equal(other.removed(), 0)
})

await t.test('worker errors: binds nothing after an uninstall', async t => {
  const { service, alpha, address, removed } = await scene(t)
  await service.store.markUninstalled(alpha.memberId, Date.now())
  service.sandbox.wire.clear()
  await post(address, 'x')
  t.equal(removed(), 1)
  await service.fastify.close()
  t.strictSame(service.sandbox.requests, [])
})

await t.test('worker errors: asks a portal again that was unavailable', async t => {
  const { service, alpha, address, isBound } = await scene(t)
  alpha.placements = []
  service.sandbox.trouble.rest = 'down'
  await post(address, 'x')
  await until(() => service.lines().some(({ retryInMs }) => retryInMs !== undefined))
  service.sandbox.trouble.rest = 'none'
  await until(isBound)
})
