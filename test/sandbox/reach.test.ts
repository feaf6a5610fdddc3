import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { explainSilence } from '../../sandbox/reach.ts'
import { Wire } from '../../sandbox/wire.ts'

const call = { from: 'portal', to: 'application', method: 'POST', path: '/placement' } as const

await t.test('reach: explains a call that nobody has answered', async t => {
  const wire = new Wire()
  const connections: unknown[] = []
  const server = createServer(socket => connections.push(socket)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  // A listening TCP server has such an address.
  const running = `http://127.0.0.1:${(server.address() as AddressInfo).port}/placement?a=1`
  const sentence = (origin: string) => `Nothing answers at ${origin}: is the application running there?`
  const rows: Array<[url: string, known: {
    status?: number, outcome?: string
  }, problem: string | undefined, outcome: string | undefined]> = [
    ['http://127.0.0.1:9/placement', {}, sentence('http://127.0.0.1:9'), 'not reachable'],
    ['http://127.0.0.1/', {}, sentence('http://127.0.0.1'), 'not reachable'],
    ['https://[::1]/', {}, sentence('https://[::1]'), 'not reachable'],
    [running, {}, undefined, undefined],
    ['http://127.0.0.1:9/placement', { status: 200 }, undefined, undefined],
    ['http://127.0.0.1:9/placement', { outcome: 'B24_ERR_TOO_LARGE' }, undefined, 'B24_ERR_TOO_LARGE']
  ]
  for (const [url, known, problem, outcome] of rows) {
    const entry = wire.record({ ...call, ...known })
    t.equal(await explainSilence(wire, entry, url), problem, url)
    t.equal(entry.outcome, outcome, url)
  }
  t.equal(connections.length, 1, 'what is known is not asked for')
})
