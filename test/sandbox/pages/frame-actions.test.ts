import t from 'tap'
import { until } from '../../until.ts'
import { fakeApplication } from '../fake-application.ts'
import { ask, resultOf, sandboxFor } from '../helper.ts'
import { actor } from './frame-scene.ts'

await t.test('frame actions: a call is on the wire once its page is prepared', async t => {
  const { portals: { alpha, beta }, wire } = await sandboxFor(t)
  alpha.installed = true
  const { config, act } = await actor(alpha.url, '/marketplace/app/1/?user=2')
  const call = wire.entries.find(({ id }) => id === config.wireEntry)
  t.match(call, {
    from: 'portal',
    to: 'application',
    memberId: alpha.memberId,
    method: 'POST',
    path: '/placement',
    name: 'DEFAULT',
    fields: { LANG: 'en', member_id: alpha.memberId }
  })
  t.notMatch(JSON.stringify(call), config.initData.AUTH_ID)
  t.notMatch(JSON.stringify(call), config.sid)
  t.match(wire.sent(config.wireEntry),
    { url: /^http:\/\/127\.0\.0\.1:9\/placement\?DOMAIN=/, body: { AUTH_ID: config.initData.AUTH_ID } })

  const refused = [{ entry: 999, ms: 5 }, { entry: config.wireEntry, ms: 'soon' }]
  for (const params of refused) await act('loaded', params)
  await (await actor(beta.url, '/marketplace/app/1/')).act('loaded', { entry: config.wireEntry, ms: 5 })
  t.equal(call?.ms, undefined, 'what is unknown, no number, or of another portal changes nothing')
  await act('loaded', { entry: config.wireEntry, ms: 120 })
  t.equal(call?.ms, 120)
})

await t.test('frame actions: a frame that the portal never made can do nothing', async t => {
  const { url } = await sandboxFor(t)
  t.strictSame(await ask(`${url}/sandbox/frame/unknown/employees`, { method: 'POST' }), {
    status: 404,
    body: {
      error: 'unknown_frame',
      error_description: 'The portal does not know this frame, or the application was removed since. Reload the page.'
    }
  })
})

await t.test('frame actions: an open frame can do nothing after the removal', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const admin = await actor(alpha.url, '/marketplace/app/1/')
  alpha.installed = true
  const granted = async () =>
    (await ask(`${alpha.url}/sandbox/api/grant`, { method: 'POST', body: new URLSearchParams({ user: '1' }) })).status
  t.equal(await granted(), 200)
  alpha.uninstall()
  for (const action of ['refreshAuth', 'setInstallFinish']) {
    t.match(await admin.act(action), { error: 'unknown_frame' }, action)
  }
  t.equal(alpha.installed, false)
  t.equal(await granted(), 409)
  await (await actor(alpha.url, '/marketplace/app/1/')).act('setInstallFinish')
  t.equal(alpha.installed, true)
  t.equal(await granted(), 200, 'installed again')
})

await t.test('frame actions: new tokens speak the language of the frame', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  alpha.installed = true
  const { act } = await actor(alpha.url, '/marketplace/app/1/?lang=de')
  const { AUTH_ID: auth } = await act('refreshAuth') as { AUTH_ID: string } // as the test below checks
  const { body } = await ask(`${alpha.url}/rest/crm.category.list?entityTypeId=3&auth=${auth}`)
  t.match(body, { result: { categories: [{ name: 'Allgemein' }] } })
})

await t.test('frame actions: a frame changes what its user may change', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const admin = await actor(alpha.url, '/marketplace/app/1/')
  alpha.installed = true
  const employee = await actor(alpha.url, '/marketplace/app/1/?user=2')
  t.match(await employee.act('refreshAuth'), { AUTH_ID: /^[0-9a-f]{70}$/, AUTH_EXPIRES: '3600' })
  t.strictSame(await employee.act('setInstallFinish', { value: false }), { result: 'false' })
  t.equal(alpha.installed, true)
  t.strictSame(await admin.act('setInstallFinish', { value: false }), { result: 'true' })
  t.equal(alpha.installed, false)
  await admin.act('setInstallFinish')
  t.equal(alpha.installed, true)
  t.strictSame(await employee.act('setAppOption', { name: 'a', value: 1 }), { error: 'access_denied' })
  t.strictSame(await admin.act('setAppOption', { name: 'a', value: 1 }), { a: 1 })
  await employee.act('setUserOption', { name: 'b', value: 'x' })
  await employee.act('setInstall')
  const { config: { initData } } = await actor(alpha.url, '/marketplace/app/1/?user=2')
  t.match(initData, { FIRST_RUN: false, APP_OPTIONS: { a: '1' }, USER_OPTIONS: { b: 'x' } })
})

await t.test('frame actions: what openApplication passes is all that its page gets', async t => {
  const { portals: { alpha }, wire } = await sandboxFor(t)
  alpha.installed = true
  const optionsOf = async (query: string): Promise<unknown> => {
    const { config } = await actor(alpha.url, `/marketplace/app/1/?IFRAME=Y&PARAMS[params][POPUP]=1${query}`)
    return wire.entries.find(({ id }) => id === config.wireEntry)?.fields.PLACEMENT_OPTIONS
  }
  t.equal(await optionsOf('&PARAMS[params][PLACEMENT_OPTIONS][a][b]=true'), '{"a":{"b":"true"}}')
  t.equal(await optionsOf(''), undefined)
})

await t.test('frame actions: a frame removes an event of the calendar', async t => {
  const { url, received } = await fakeApplication(t)
  const { portals: { alpha } } = await sandboxFor(t, { appUrl: url })
  alpha.installed = true
  await resultOf(alpha, 'event.bind', { event: 'ONCALENDARENTRYDELETE', handler: `${url}/events` })
  alpha.content.add({ kind: 'event', id: 90, authorId: 1, title: 'Meeting' })
  const { act } = await actor(alpha.url, '/marketplace/app/1/')
  for (const id of ['90', '90']) t.strictSame(await act('deleteCalendarEvent', { id }), {})
  t.equal(alpha.content.find('event', 90), undefined)
  await until(() => received.length > 0)
  t.match(received, [{ body: { event: 'ONCALENDARENTRYDELETE', 'data[id]': '90' } }])
})
