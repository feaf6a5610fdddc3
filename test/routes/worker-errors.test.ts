import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { until } from '../helper.ts'
import { startService } from '../service.ts'

const code = 'PAGE_BACKGROUND_WORKER'
const { body } = JSON.parse(readFileSync(join(import.meta.dirname, `../fixtures/payloads/${code}_ERROR.json`), 'utf8'))

/** A service with a background worker that is installed, and what its log says about it. */
async function scene (t: Test, declared = code) {
  const service = await startService(t, { prepare: fastify => { fastify.placement(declared, {}, async () => 'ok') } })
  const { alpha } = service.sandbox.portals
  await service.install()
  const address = String(alpha.placements.find(({ placement }) => placement === code)?.options['errorHandlerUrl'])
  const isBound = () => alpha.placements.some(({ placement }) => placement === code)
  const removed = () => service.log.filter(line => line.includes('has removed')).length
  return { service, alpha, address, isBound, removed }
}

async function post (address: string, sent: string | undefined, type?: string) {
  const answer = await fetch(address, { method: 'POST', ...(sent !== undefined && { body: sent }), headers: type === undefined ? {} : { 'content-type': type } })
  return { status: answer.status, body: await answer.json() }
}

await t.test('worker errors: binds a removed background worker again', async t => {
  const { service, alpha, address, isBound, removed } = await scene(t)
  t.match(address, `${service.url}/events/worker?portal=${alpha.memberId}&key=`)
  alpha.placements = alpha.placements.filter(({ placement }) => placement !== code)
  t.strictSame(await post(address, new URLSearchParams(body).toString(), 'application/x-www-form-urlencoded'), { status: 200, body: { status: 'accepted' } })
  await until(isBound)
  t.equal(alpha.placements.find(({ placement }) => placement === code)?.options['errorHandlerUrl'], address)
  t.equal(removed(), 1)
  await until(() => service.log.some(line => line.includes('bound again"')))

  // Within a minute nothing more happens.
  service.sandbox.wire.clear()
  for (let turn = 0; turn < 20; turn++) t.equal((await post(address, JSON.stringify(body), 'application/json')).status, 200)
  t.equal(removed(), 1)
  t.strictSame(service.sandbox.requests, [])
  t.notMatch(service.log.join(), new URL(address).searchParams.get('key') ?? '-')
})

await t.test('worker errors: accepts a call of any form', async t => {
  const { address } = await scene(t)
  for (const [sent, type] of [[undefined, undefined], ['{', 'application/json'], ['x', 'text/plain'], ['', 'application/json']] as const) {
    t.strictSame(await post(address, sent, type), { status: 200, body: { status: 'accepted' } }, String(type))
  }
  t.equal((await post(address, 'x'.repeat(20_000))).status, 413)
})

await t.test('worker errors: looks at a portal only when the key is right', async t => {
  const { service, alpha, address, removed } = await scene(t)
  const { beta } = service.sandbox.portals
  const key = new URL(address).searchParams.get('key') ?? ''
  service.sandbox.wire.clear()
  for (const query of ['', `?portal=${alpha.memberId}`, `?portal=${alpha.memberId}&key=`, `?portal=${beta.memberId}&key=${key}`, `?portal=${alpha.memberId}&portal=x&key=${key}`]) {
    t.equal((await post(`${service.url}/events/worker${query}`, 'x')).status, 200, query)
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
  await until(() => service.log.some(line => line.includes('binding again has to wait')))
  service.sandbox.trouble.rest = 'none'
  await until(isBound)
})
