import { once } from 'node:events'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { resultOf, sandboxFor } from './helper.ts'

/** Asks under any host name, which fetch would not let pass. */
async function askAs (
  url: string, { method = 'GET', ...headers }: { method?: string, host?: string, origin?: string }
) {
  const [response] = await once(request(url, { method, headers }).end(), 'response')
  return { status: response.statusCode, location: response.headers.location, text: await text(response) }
}

await t.test('portal server: pages of others change nothing', async t => {
  const { url, portals: { alpha } } = await sandboxFor(t)
  alpha.installed = true
  const { port } = new URL(url)
  const rows: Array<[method: string, path: string, headers: { host?: string, origin?: string }, status: number]> = [
    ['POST', '/sandbox/api/uninstall', { origin: 'http://evil.example' }, 403],
    ['POST', '/sandbox/api/uninstall', { origin: 'null' }, 403],
    ['POST', '/sandbox/api/uninstall', { origin: `http://127.0.0.1:${port}` }, 403],
    ['POST', '/sandbox/api/uninstall', { origin: 'http://localhost:9' }, 403],
    ['DELETE', '/sandbox/api/trouble', { origin: 'http://evil.example' }, 403],
    ['GET', '/sandbox/api/trouble', { origin: 'http://evil.example' }, 200],
    ['POST', '/rest/no.such.method', { origin: 'http://127.0.0.1:9' }, 401],
    ['POST', '/devops/', { origin: 'http://evil.example' }, 403],
    ['POST', '/stream/', { origin: 'null' }, 403],
    ['POST', '/stream/', {}, 400],
    ['DELETE', '/sandbox/api/trouble', {}, 200],
    ['DELETE', '/sandbox/api/trouble', { origin: url }, 200],
    ['DELETE', '/sandbox/api/trouble',
      { host: `alpha.bitrix24.localhost:${port}`, origin: `http://alpha.bitrix24.localhost:${port}` }, 200]
  ]
  for (const [method, path, headers, status] of rows) {
    t.equal((await askAs(url + path, { method, ...headers })).status, status,
      `${method} ${path} ${headers.origin ?? 'without origin'}`)
  }
  t.equal(alpha.installed, true)
})

await t.test('portal server: a renamed portal is found under its old address, too', async t => {
  const { url, wire, portals: { alpha } } = await sandboxFor(t)
  await Promise.all([alpha.rename(), alpha.rename()])
  const renamed = alpha.url
  const { port } = new URL(renamed)
  t.not(renamed, url)
  t.match(await askAs(`${url}/stream/?lang=de`, {}), { status: 302, location: `${renamed}/stream/?lang=de` })
  t.match(await askAs(`${url}/rest/profile`, { method: 'POST' }), { status: 302, location: `${renamed}/rest/profile` })
  t.match(await askAs(`${url}/`, { host: `alpha.bitrix24.localhost:${new URL(url).port}` }),
    { status: 302, location: `http://alpha.bitrix24.localhost:${port}/` })
  t.match(await askAs(`${url}/sandbox/api/trouble`, {}), { status: 200 })
  t.match(wire.entries, [{ from: 'application', to: 'portal', method: 'POST', path: '/rest/profile', status: 302 }],
    'the wire shows what the application met')
  t.equal((await fetch(`${renamed}/stream/`)).status, 200)
  t.match(await resultOf(alpha, 'profile'), { ID: '1' })

  alpha.renameBack()
  alpha.renameBack()
  t.equal(alpha.url, url)
  t.match(await askAs(`${renamed}/stream/`, {}), { status: 302, location: `${url}/stream/` })
  await alpha.rename()
  t.equal(alpha.url, renamed, 'the same one again')
})

await t.test('portal server: tokens of calls have the fault that is switched on', async t => {
  const { portals: { alpha }, trouble, authorizationServer } = await sandboxFor(t)
  const { employee } = alpha.users
  const rows: Array<[token: typeof trouble.token, answer: string | undefined]> = [
    ['none', undefined], ['expired', 'expired_token'], ['revoked', 'NO_AUTH_FOUND'], ['foreign', undefined]
  ]
  for (const [token, code] of rows) {
    trouble.token = token
    const { accessToken } = alpha.grantForCall(employee, { domain: 'alpha.example' })
    const answer = await fetch(`${alpha.url}/rest/profile?auth=${accessToken}`)
    t.equal(Object(await answer.json()).error, code, token)
  }
  trouble.token = 'foreign'
  const { result } = Object(
    await (await fetch(`${authorizationServer}/rest/app.info?auth=${alpha.grantForCall(employee).accessToken}`)).json()
  )
  t.match(result, { client_id: 'local.other', user_id: '2', install: { domain: alpha.domain } })
})
