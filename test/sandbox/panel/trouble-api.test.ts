import t from 'tap'
import { NO_TROUBLE } from '../../../sandbox/state.ts'
import { fakeApplication } from '../fake-application.ts'
import { ask, resultOf, sandboxFor } from '../helper.ts'

const json = (method: string, body: unknown) =>
  ({ method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

await t.test('trouble api: trouble is switched on and off', async t => {
  const { url, trouble } = await sandboxFor(t)
  const api = `${url}/sandbox/api/trouble`
  t.strictSame(await ask(api), { status: 200, body: { ...NO_TROUBLE } })
  t.strictSame(await ask(api, json('PATCH', { token: 'expired', restDelay: 250 })),
    { status: 200, body: { ...NO_TROUBLE, token: 'expired', restDelay: 250 } })
  t.match(trouble, { token: 'expired', restDelay: 250 })
  t.strictSame((await ask(api, { method: 'PATCH' })).body, { ...trouble }, 'no change')
  t.strictSame(await ask(api, { method: 'DELETE' }), { status: 200, body: { ...NO_TROUBLE } })
  t.strictSame({ ...trouble }, NO_TROUBLE)
})

await t.test('trouble api: refuses what is unknown, and changes nothing then', async t => {
  const { url, trouble } = await sandboxFor(t)
  const known = 'there are authorizationServer, rest, token, refresh, installation, access, events, ' +
    'licence, authorizationServerDelay, restDelay.'
  const rows: Array<[change: Record<string, unknown>, message: string]> = [
    [{ weather: 'bad' }, `There is no trouble "weather"; ${known}`],
    [{ constructor: 'down' }, `There is no trouble "constructor"; ${known}`],
    [{ rest: 'error' }, 'rest cannot have this value. Allowed: none, down, nonsense, limited, overtime, unpaid.'],
    [{ token: 1 }, 'token cannot have this value. Allowed: none, expired, revoked, foreign.'],
    ...['1000', -1, 60_001].map((restDelay): [Record<string, unknown>, string] =>
      [{ restDelay }, 'restDelay is a number of milliseconds. Allowed: 0 to 60000.'])
  ]
  for (const [change, message] of rows) {
    t.strictSame(await ask(`${url}/sandbox/api/trouble`, json('PATCH', { access: 'denied', ...change })),
      { status: 400, body: { error: 'invalid_trouble', error_description: message } })
  }
  t.strictSame({ ...trouble }, NO_TROUBLE)
})

await t.test('trouble api: the portal is renamed, and gets its name back', async t => {
  const { url, portals: { alpha } } = await sandboxFor(t)
  const { body } = await ask(`${url}/sandbox/api/rename`, { method: 'POST' })
  t.match(body, { url: /^http:\/\/localhost:\d+$/, renamed: true })
  t.not(body.url, url)
  t.equal(alpha.url, body.url)
  t.strictSame(await ask(`${url}/sandbox/api/rename`, { method: 'DELETE' }),
    { status: 200, body: { url, renamed: false } })
  await alpha.rename()
  await ask(`${alpha.url}/sandbox/api/trouble`, { method: 'DELETE' })
  t.equal(alpha.url, url)
})

await t.test('trouble api: the application is removed, and hears of it', async t => {
  const { url: appUrl, received } = await fakeApplication(t)
  const { portals: { alpha } } = await sandboxFor(t, { appUrl })
  await resultOf(alpha, 'event.bind', { event: 'ONAPPUNINSTALL', handler: `${appUrl}/events` })
  alpha.installed = true
  const old = alpha.grant(alpha.users.admin)
  t.strictSame(await ask(`${alpha.url}/sandbox/api/uninstall`, { method: 'POST' }),
    { status: 200, body: { installed: false } })
  t.strictSame(await ask(`${alpha.url}/rest/profile?auth=${old.accessToken}`),
    { status: 401, body: { error: 'APPLICATION_NOT_FOUND', error_description: 'Application not found' } })
  t.equal(alpha.installed, false)
  t.equal(received.length, 1)
  t.match(JSON.stringify(received), /ONAPPUNINSTALL/)
})

await t.test('trouble api: each panel knows since when there is trouble', async t => {
  const { portals: { alpha, beta }, wire } = await sandboxFor(t)
  wire.record({ from: 'portal', to: 'application', method: 'POST', path: '/placement' })
  await ask(`${beta.url}/sandbox/api/trouble`, json('PATCH', { rest: 'down' }))
  await ask(`${beta.url}/sandbox/api/rename`, { method: 'POST' })
  t.match((await ask(`${alpha.url}/sandbox/api/state`)).body, { since: { rest: 1 }, renamed: false })
  t.strictSame((await ask(`${alpha.url}/sandbox/api/state`)).body.since, { rest: 1 },
    'the address is that of one portal')
  t.strictSame((await ask(`${beta.url}/sandbox/api/state`)).body.since, { rest: 1, rename: 1 })
})
