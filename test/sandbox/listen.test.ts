import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { freePort } from '../../sandbox/listen.ts'

await t.test('listen: a free port is one that nobody listens at', async t => {
  const busy = createServer().listen(0, '127.0.0.1')
  await once(busy, 'listening')
  t.after(() => busy.close())
  // A listening TCP server has such an address.
  const { port } = busy.address() as AddressInfo
  const free = await freePort()
  t.ok(free >= 20_000 && free < 32_000, 'and none that the system gives to others meanwhile')
  t.equal(await freePort(free), free)
  const proposed = [port, free]
  t.equal(await freePort(0, () => proposed.shift() ?? 0), free, 'the first proposal was taken')
  await t.rejects(freePort(port), {
    code: 'EADDRINUSE',
    message: `Port ${port} of 127.0.0.1 cannot be used (EADDRINUSE). Choose another one, or 0 for any that is free.`
  })
})
