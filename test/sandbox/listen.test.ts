import { once } from 'node:events'
import { createServer } from 'node:net'
import fastify from 'fastify'
import t from 'tap'
import { freePort, HOST, listen } from '../../sandbox/listen.ts'

await t.test('ports are free ones, or the wanted one', async t => {
  const port = await freePort()
  t.equal(await freePort(port), port)
  const app = fastify()
  t.after(() => app.close())
  t.equal(await listen(app, port), `http://${HOST}:${port}`)
  const other = fastify()
  t.after(() => other.close())
  t.match(await listen(other), new RegExp(`^http://${HOST}:\\d+$`))
})

await t.test('what cannot be used is said in a sentence', async t => {
  const port = await freePort()
  const busy = createServer().listen(port, HOST)
  await once(busy, 'listening')
  t.after(() => busy.close())
  const taken = { code: 'EADDRINUSE', port, message: `Port ${port} of 127.0.0.1 cannot be used (EADDRINUSE). Choose another one, or 0 for any that is free.` }
  await t.rejects(freePort(port), taken)
  await t.rejects(listen(fastify(), port), taken)
  await t.rejects(freePort(NaN), { code: 'ERR_SOCKET_BAD_PORT' })
})
