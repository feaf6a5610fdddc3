import t from 'tap'
import { startService } from '../service.ts'
import { until } from '../until.ts'

await t.test('log: an outage lets nobody fill it, nor does what answers everybody', async t => {
  let isDown = false
  const service = await startService(t, {
    store: ({ get }) => ({
      get: async memberId => {
        if (isDown) throw new Error('down')
        return await get(memberId)
      }
    })
  })
  const { alpha } = service.sandbox.portals
  const linesOf = (level: number) => service.lines().filter(line => Number(line.level) === level).length
  /** Lines of a level that fifteen such messages make. */
  async function madeBy (level: number, send: () => Promise<unknown>) {
    const before = linesOf(level)
    for (let n = 0; n < 15; n++) await send()
    return linesOf(level) - before
  }
  const [info, error] = [30, 50]

  const open = [['GET', '/placement'], ['GET', '/install'], ['POST', '/events/worker'], ['GET', '/api/openapi.json']]
  const made = await Promise.all(open.map(([method = '', path]) => madeBy(info, async () => {
    const answer = await fetch(`${service.url}${path}`, { method })
    t.equal(answer.status, 200)
    await answer.text()
  })))
  t.equal(Math.max(...made), 10, 'of one client, at all of these together')

  isDown = true
  const call = () => service.call(alpha.placementCall('DEFAULT'))
  t.equal((await call()).status, 503)
  t.equal(await madeBy(error, call), 9, 'with the cause')
  t.equal(await madeBy(info, call), 0)
})

await t.test('log: whoever knows the application token cannot fill it with requests to uninstall', async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  await service.install()
  const { length } = service.lines()
  for (let n = 0; n < 60; n++) {
    await service.post('/events', alpha.event('ONAPPUNINSTALL', { 'data[CLEAN]': String(n % 2), time: String(n) }).body)
    await until(() => service.fastify.lifecycleEvents.pending() === 0)
  }
  const lines = service.lines().slice(length)
  t.ok(lines.some(({ event }) => event === 'uninstall.refused'), 'the authorization server calls it installed')
  t.ok(lines.length < 8, `${lines.length} lines of 60 requests in a minute`)
})
