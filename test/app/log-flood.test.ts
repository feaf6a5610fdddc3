import t from 'tap'
import { startService } from '../service.ts'

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
