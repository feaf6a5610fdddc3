import { readFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { sandbox, type Portal } from '../../sandbox/index.ts'
import { serverFor } from '../servers.ts'
import { until } from '../until.ts'
import { environment, freePort, installationOn, startService } from '../service.ts'
import { listening, run } from './process.ts'

const json = { 'content-type': 'application/json' }

await t.test('hostile portals: gzip bombs do not use up the memory', async t => {
  const url = `http://127.0.0.1:${await freePort()}`
  const bitrix24 = await sandbox({ appUrl: url })
  t.after(() => bitrix24.close())
  const { child, text } = run('src/server.ts', environment(bitrix24, url))
  t.after(() => { child.kill('SIGKILL') })
  t.equal(await listening(`${url}/health`), true, text())

  const bombs = [
    Buffer.alloc(200_000_000, ' '),
    Buffer.from(`{"result":"${'a'.repeat(200_000_000)}"}`),
    Buffer.from(`{"result":[${'{},'.repeat(60_000_000)}0]}`)
  ].map(bomb => gzipSync(bomb))
  let exploded = 0
  const origin = await serverFor(t, (request, response) => {
    request.resume()
    response.writeHead(200, { ...json, 'content-encoding': 'gzip' }).end(bombs[exploded++ % bombs.length])
  })
  const portals = Object.values(bitrix24.portals)
  for (const portal of portals) {
    Object.assign(portal, { url: origin.replace('127.0.0.1', 'localhost'), installed: true })
  }
  const open = (portal: Portal) =>
    bitrix24.send(portal.placementCall('DEFAULT', { user: portal.users.employee, handler: `${url}/placement` }))
  for (let round = 0; round < 3; round++) {
    const answers = await Promise.all(portals.flatMap(portal => [1, 2, 3].map(() => open(portal))))
    t.strictSame(new Set(answers.map(({ status }) => status)), new Set([200]), 'the page does without the answer')
  }
  t.ok(exploded >= 9)
  const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024
  t.ok(peak < 250, `${peak} MB at most`)
})

await t.test('hostile portals: a slow answer holds up no other portal', async t => {
  const service = await startService(t)
  const { alpha, beta } = service.sandbox.portals
  let open = 0
  const drip: RequestListener = (request, response) => {
    open++
    response.writeHead(200, json).write('{"result":[')
    const timer = setInterval(() => response.write('1,'), 100)
    response.on('close', () => {
      open--
      clearInterval(timer)
    })
  }
  const origin = await serverFor(t, drip)
  const slow = { ...installationOn(beta, service.sandbox), clientEndpoint: `${origin}/rest/` }
  await service.store.install(slow, Date.now())
  await service.store.install(installationOn(alpha, service.sandbox), Date.now())
  const profileOf = (memberId: string) => service.fastify.portal(memberId).rest.call('profile')
  const held = Array.from({ length: 30 }, () => profileOf(beta.memberId).catch(({ code }) => code))
  await until(() => open === 10)
  t.match(await profileOf(alpha.memberId), { ID: '1' })
  t.equal(open, 10, 'the others wait')
  t.strictSame(new Set(await Promise.all(held)), new Set(['B24_ERR_PORTAL_UNAVAILABLE']))
  await until(() => open === 0)
})
