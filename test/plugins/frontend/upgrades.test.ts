import { once } from 'node:events'
import { createServer, request, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { createUpgradeServer } from '../../../plugins/frontend/upgrades.ts'
import { startService, type Service } from '../../service.ts'
import { copyProject } from './project.ts'

/** Asks for a web socket; tells the status of the answer when the socket is closed, or open for good. */
async function upgrade (
  { url }: Pick<Service, 'url'>, path: string, protocol = 'vite-hmr'
): Promise<number | undefined> {
  const asked = request(url + path, {
    agent: false,
    headers: {
      connection: 'upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': Buffer.alloc(16).toString('base64'),
      'sec-websocket-protocol': protocol
    }
  }).end()
  const [answer] = await Promise.race([once(asked, 'response'), once(asked, 'upgrade')]) as [IncomingMessage]
  if (answer.statusCode === 101) answer.socket.destroy()
  else await once(answer.socket, 'close')
  return answer.statusCode
}

for (const base of ['', '/base']) {
  await t.test(`upgrades: below ${base}/ go to Vite or the host, or are refused`, async t => {
    const before = process.env['NODE_ENV']
    const env = { NODE_ENV: 'development', PUBLIC_URL: `http://127.0.0.1${base}` }
    const service = await startService(t, { env, app: { application: copyProject(t).application } })
    if (before === undefined) delete process.env['NODE_ENV']
    const rows = [[`${base}/ui/`, 'vite-hmr', 101], ['/ui/?token=1', 'vite-ping', 101], ['/ui/', 'chat', 404],
      ['/ui/plain.ts', 'vite-hmr', 404], ['/placement', 'vite-hmr', 404], ['/other/ui/', 'vite-hmr', 404]] as const
    for (const [path, protocol, status] of rows) {
      t.equal(await upgrade(service, path, protocol), status, `${path} ${protocol}`)
    }
    const answered: unknown[] = []
    service.fastify.server.on('upgrade', ({ url }, socket) => {
      answered.push(url)
      socket.end('HTTP/1.1 426 Upgrade Required\r\nConnection: close\r\n\r\n')
    })
    t.equal(await upgrade(service, '/chat', 'chat'), 426)
    t.equal(await upgrade(service, `${base}/ui/`), 101)
    t.strictSame(answered, ['/chat'], 'the host sees its own upgrades')
  })
}

await t.test('upgrades: are refused when Vite is closed, so that the server can close', async t => {
  const server = createServer()
  createUpgradeServer(server, '')
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  t.equal(await upgrade({ url }, '/ui/', 'vite-ping'), 404)
})
