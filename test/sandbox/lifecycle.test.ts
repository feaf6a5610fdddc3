import t from 'tap'
import type { Test } from 'tap'
import type { Portal } from '../../sandbox/index.ts'
import { fakeApplication } from './fake-application.ts'
import { callRest, resultOf, sandboxFor } from './helper.ts'

async function press (
  portal: Portal, form: Record<string, string>, path = '/devops/', headers: Record<string, string> = {}
) {
  const response = await fetch(portal.url + path,
    { method: 'POST', body: new URLSearchParams(form), headers, redirect: 'manual' })
  return { status: response.status, location: response.headers.get('location'), text: await response.text() }
}

async function scene (t: Test) {
  const { url, received } = await fakeApplication(t)
  const { portals: { alpha }, wire } = await sandboxFor(t, { appUrl: url })
  for (const event of ['ONAPPUPDATE', 'ONAPPUNINSTALL']) {
    await resultOf(alpha, 'event.bind', { event, handler: `${url}/events` })
  }
  return { alpha, received, wire }
}

await t.test('lifecycle: an application without interface is installed at once', async t => {
  const { alpha, received, wire } = await scene(t)
  t.match(await press(alpha, { action: 'install' }), { status: 200, text: /The application answered 200/ })
  t.equal(alpha.installed, true)
  t.match(received, ['ONAPPINSTALL', 'ONAPPUSERREADY'].map(event => ({ path: '/install', body: { event } })))
  for (const [at, name] of [[-2, 'ONAPPINSTALL'], [-1, 'ONAPPUSERREADY']] as const) {
    t.match(wire.entries.at(at),
      { from: 'portal', to: 'application', name, path: '/install', status: 200, ms: Number })
  }
})

await t.test('lifecycle: a system user is made once for an installation', async t => {
  const { alpha, received } = await scene(t)
  const told = () => received.filter(({ body }) => body.event === 'ONAPPUSERREADY').length
  for (const action of ['install', 'update-api', 'install']) await press(alpha, { action })
  t.equal(told(), 1)
  alpha.uninstall()
  await press(alpha, { action: 'install' })
  t.equal(told(), 2)
})

await t.test('lifecycle: the system user calls as an employee whom nobody sees', async t => {
  const { alpha } = await scene(t)
  t.match(await callRest(alpha, 'profile', {}, alpha.systemUser), { body: { result: { ID: '9', ADMIN: false } } })
  t.match(await callRest(alpha, 'user.get', { ID: 9 }), { body: { result: [], total: 0 } })
  const handler = 'https://widget.example.com/placement'
  t.match(await callRest(alpha, 'placement.bind', { PLACEMENT: 'LEFT_MENU', HANDLER: handler }, alpha.systemUser),
    { status: 403, body: { error: 'ACCESS_DENIED' } })
  alpha.state.trouble.access = 'denied'
  t.match(await callRest(alpha, 'profile', {}, alpha.systemUser), { status: 401, body: { error: 'user_access_error' } })
})

await t.test('lifecycle: an update keeps the handlers of events', async t => {
  const { alpha } = await scene(t)
  for (const action of ['update', 'update-api']) {
    await press(alpha, { action })
    t.strictSame(alpha.events.map(({ event }) => event), ['ONAPPUPDATE', 'ONAPPUNINSTALL'])
  }
  t.match(await callRest(alpha, 'event.bind', { event: 'ONAPPUPDATE', handler: alpha.events[0]?.handler }),
    { status: 400, body: { error: 'ERROR_CORE' } })
})

await t.test('lifecycle: an update of an older portal drops the handlers of events', async t => {
  const { alpha, received } = await scene(t)
  alpha.state.trouble.events = 'dropped'
  alpha.installed = true
  t.match(await press(alpha, { action: 'update' }, '/devops/?lang=de'),
    { status: 303, location: '/marketplace/app/1/?lang=de&user=1' })
  t.match(
    received, [{ path: '/events', body: { event: 'ONAPPUPDATE', 'data[VERSION]': '2', 'data[PREVIOUS_VERSION]': '1' } }]
  )
  t.match(alpha, { version: 2, installed: false, events: [] })
  alpha.installed = true
  t.match(await press(alpha, { action: 'update-api' }), { status: 200, text: /answered 200/ })
  t.match(received.at(-1), { path: '/install', body: { event: 'ONAPPUPDATE', 'data[VERSION]': '3' } })
})

await t.test('lifecycle: a removal stops the tokens, and keeps settings if wanted', async t => {
  for (const clean of [true, false]) {
    const { alpha, received } = await scene(t)
    Object.assign(alpha, { installed: true, appOptions: { a: 1 } })
    const { accessToken: auth } = alpha.grant(alpha.users.admin)
    t.match(await press(alpha, { action: 'remove', ...(clean && { clean: 'Y' }) }), { status: 200, text: /is removed/ })
    t.match(received, [{ path: '/events', body: { event: 'ONAPPUNINSTALL', 'data[CLEAN]': clean ? '1' : '0' } }])
    t.strictSame([alpha.installed, alpha.events, alpha.appOptions], [false, [], clean ? {} : { a: 1 }])
    t.not((await fetch(`${alpha.url}/rest/profile?auth=${auth}`)).status, 200)
  }
})

await t.test('lifecycle: names a service that is not running', async t => {
  const { portals: { alpha }, wire } = await sandboxFor(t)
  t.match((await press(alpha, { action: 'install' })).text,
    /Nothing answers at http:\/\/127\.0\.0\.1:9: is the application running there/)
  t.match(wire.entries.at(-1), { outcome: 'not reachable' })
  t.equal((await callRest(alpha, 'profile')).status, 200)
})

await t.test('lifecycle: only administrators may, from a page of the portal', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const page = async (query: string) => (await fetch(`${alpha.url}/devops/${query}`)).text()
  t.match(await page(''), /Install, API only/)
  t.match(await page('?user=2'), /Only administrators/)
  alpha.installed = true
  t.match(await page(''), /<summary>Remove from[^]*Delete settings and data[^]*value="remove"[^]*<\/details>/,
    'not by one click')
  t.match(await press(alpha, { action: 'remove' }, '/devops/?user=2'), { status: 403, text: /Only administrators/ })
  t.match(await press(alpha, { action: 'remove' }, '/devops/', { origin: 'https://evil.example' }),
    { status: 403, text: /Another site/ })
  t.match(await press(alpha, { action: 'dance' }), { status: 400, text: /no such action/ })
  t.equal(alpha.installed, true)
})
