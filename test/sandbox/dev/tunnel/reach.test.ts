import { createServer } from 'node:http'
import t from 'tap'
import { startForwarder } from '../../../../sandbox/dev/forwarder.ts'
import { untilReached } from '../../../../sandbox/dev/tunnel/reach.ts'
import { serverFor } from '../../../servers.ts'
import { freePort } from '../../../service.ts'

const { signal } = new AbortController()

await t.test('reach: ends when the address leads to the forwarder', async t => {
  const forwarder = await startForwarder(0)
  t.after(() => { forwarder.close() })
  const address = `http://127.0.0.1:${forwarder.port}`
  const onSilence = () => { t.fail('there was an answer') }
  await untilReached({ address, probe: forwarder.probe, onSilence, signal, attempts: 1 })
  t.equal((await fetch(address)).status, 503, 'nobody else is answered by the forwarder')
})

await t.test('reach: says once why the address does not lead here, and goes on', async t => {
  const other = await serverFor(t, (_request, response) => { response.writeHead(200).end() })
  const port = await freePort()
  for (const [address, why] of [
    [other, 'something else answers there, with status 200'],
    [`http://127.0.0.1:${port}`, `connect ECONNREFUSED 127.0.0.1:${port}`]
  ] as const) {
    const stopping = new AbortController()
    const said: string[] = []
    const onSilence = (text: string) => {
      said.push(text)
      stopping.abort()
    }
    await untilReached({ address, probe: 'x', onSilence, signal: stopping.signal, attempts: 2 })
    t.strictSame(said, [why])
  }
})

await t.test('reach: ends with its signal while an answer is awaited', async t => {
  const stopping = new AbortController()
  const server = createServer(() => { stopping.abort() }).listen(0, '127.0.0.1')
  t.after(() => { server.closeAllConnections(); server.close() })
  await new Promise(resolve => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  const onSilence = () => { t.fail('it was asked to stop') }
  const address = `http://127.0.0.1:${port}`
  await untilReached({ address, probe: 'x', onSilence, signal: stopping.signal, attempts: 1 })
  t.ok(stopping.signal.aborted)
})
