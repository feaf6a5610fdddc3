import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { sandboxFor } from './helper.ts'

/** Asks under any host name, which fetch would not let pass. */
async function askAs (url: string, host: string) {
  const [response] = await once(request(url, { headers: { host } }).end(), 'response')
  return { status: response.statusCode, text: await text(response) }
}

await t.test('host guard: the portal answers to names of this machine only', async t => {
  const { url } = await sandboxFor(t)
  const { port } = new URL(url)
  const rows: Array<[host: string, status: number]> = [
    [`localhost:${port}`, 200],
    [`127.0.0.1:${port}`, 200],
    [`alpha.bitrix24.localhost:${port}`, 200],
    [`LOCALHOST:${port}`, 200],
    ['localhost', 421],
    ['localhost:1', 421],
    [`evil.example:${port}`, 421],
    [`localhost.evil.example:${port}`, 421],
    [`evil-localhost:${port}`, 421],
    [`.localhost:${port}`, 421],
    [`[::1]:${port}`, 421]
  ]
  for (const [host, status] of rows) {
    for (const path of ['/stream/', '/sandbox/api/wire', '/sandbox/assets/portal.css']) {
      t.equal((await askAs(url + path, host)).status, status, `${host} ${path}`)
    }
  }
  t.match((await askAs(`${url}/rest/profile`, 'evil.example')).text,
    `The sandbox answers to localhost:${port} and names below localhost only.`)
})

await t.test('host guard: a request without a host is refused', async t => {
  const { url } = await sandboxFor(t)
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.end('GET /stream/ HTTP/1.0\r\n\r\n')
  t.match(await text(socket), /^HTTP\/1\.1 421 /)
})

await t.test('host guard: the authorization server refuses foreign names, too', async t => {
  const { authorizationServer: url } = await sandboxFor(t)
  const { port } = new URL(url)
  for (const [host, status] of [[`127.0.0.1:${port}`, 401], [`localhost:${port}`, 401],
    [`evil.example:${port}`, 421]] as const) {
    t.equal((await askAs(`${url}/rest/app.info`, host)).status, status, host)
  }
})
