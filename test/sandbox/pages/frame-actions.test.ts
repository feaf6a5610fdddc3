import { readFileSync } from 'node:fs'
import t from 'tap'
import { fakeApplication } from '../fake-application.ts'
import { ask, sandboxFor } from '../helper.ts'

/** Asks the portal as the script around a frame does. */
async function actor (url: string, path: string) {
  const text = await (await fetch(url + path)).text()
  const config = JSON.parse((/data-frame="([^"]*)"/.exec(text)?.[1] ?? '').replaceAll('&quot;', '"'))
  return {
    config,
    act: async (action: string, params: unknown = {}): Promise<unknown> =>
      (await ask(`${url}/sandbox/frame/${config.sid}/${action}`, {
        method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(params)
      })).body
  }
}

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

await t.test('frame actions: a worker that is too slow too often is removed', async t => {
  const { url, received } = await fakeApplication(t)
  const { portals: { alpha }, wire } = await sandboxFor(t, { appUrl: url })
  alpha.installed = true
  const bind = (errorHandlerUrl: string, handler = `${url}/placement`) => {
    alpha.placements = [{
      id: 1,
      placement: 'PAGE_BACKGROUND_WORKER',
      userId: 0,
      handler,
      options: { errorHandlerUrl },
      title: '',
      description: '',
      langAll: {}
    }]
  }
  const load = async (ms: number, times = 1) => {
    for (let time = 1; time <= times; time++) {
      const { config, act } = await actor(alpha.url, '/marketplace/placement/PAGE_BACKGROUND_WORKER/?IFRAME=Y')
      await act('loaded', { entry: config.wireEntry, ms })
    }
  }
  bind(`${url}/events`)
  await load(5000, 11)
  await load(5001, 10)
  t.equal(alpha.placements.length, 1, 'ten times a day are borne')
  await load(5001)
  t.strictSame(alpha.placements, [])
  const documented = JSON.parse(readFileSync(new URL('../../fixtures/payloads/PAGE_BACKGROUND_WORKER_ERROR.json',
    import.meta.url), 'utf8'))
  t.strictSame(received.map(({ path, body, query }) => [path, Object.keys(body), body.error, query]),
    [['/events', Object.keys(documented.body), documented.body.error, documented.query]])
  t.match(wire.entries.at(-1), { name: 'PAGE_BACKGROUND_WORKER', path: '/events', status: 200 })
  await load(5001)
  t.equal(received.length, 1, 'what is not bound any more is not counted')

  bind('no address', `${url}/other`)
  await load(5001, 10)
  t.equal(alpha.placements.length, 1)
  await load(5001)
  t.equal(alpha.placements.length, 0)
  t.equal(received.length, 1, 'nobody can be told')
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

await t.test('frame actions: the dialogs offer what the portal has', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  alpha.installed = true
  alpha.content.add({
    kind: 'deal', id: 99001, authorId: 1, title: 'Delivery', fields: { OPPORTUNITY: '1200', CURRENCY_ID: 'EUR' }
  })
  alpha.content.add({
    kind: 'event', id: 99007, authorId: 1, title: 'Meeting', text: 'Room 2', fields: { DATE_FROM: '2026-07-26' }
  })
  const admin = await actor(alpha.url, '/marketplace/app/1/')
  const employee = await actor(alpha.url, '/marketplace/app/1/?user=2')
  t.match(await admin.act('employees'), [
    {
      id: '1',
      name: 'Anna Berger',
      photo: '',
      position: 'Managing director',
      url: '/company/personal/user/1/',
      sub: false,
      sup: false
    },
    { id: '2', sub: true, sup: false }, { id: '3' }, { id: '4', position: 'Accountant' }
  ])
  t.match(await employee.act('employees'), [{ id: '1', sub: false, sup: true }, { id: '2', sub: false, sup: false }])
  t.match(await admin.act('accessGroups'),
    [{ id: 'AU' }, { id: 'D1' }, { id: 'DR1' }, { id: 'SG10' }, { id: 'U1', name: 'Anna Berger' }])
  const deals = await admin.act('deals')
  t.match(Array.isArray(deals) && deals.find(({ id }) => id === 'D_99001'), {
    type: 'deal', place: 'deal', title: 'Delivery', desc: '1200 EUR', url: '/crm/deal/details/99001/'
  })
  const events = await admin.act('calendarEvents')
  t.match(Array.isArray(events) && events.find(({ ID }) => ID === '99007'),
    { NAME: 'Meeting', DESCRIPTION: 'Room 2', DATE_FROM: '2026-07-26' })
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

await t.test('frame actions: the call fits the page it is made from', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const configOf = async (path: string) => (await actor(alpha.url, path)).config
  t.match(await configOf('/marketplace/app/1/'), { denied: [], initData: { INSTALL: true, PLACEMENT: 'DEFAULT' } },
    'the install page')
  alpha.installed = true
  alpha.placements.push(...['CRM_DEAL_DETAIL_TAB', 'BI_ANALYTICS_MENU'].map((placement, index) =>
    ({
      id: index + 1,
      placement,
      userId: 0,
      handler: 'http://127.0.0.1:9/tab',
      options: {},
      title: placement,
      description: '',
      langAll: {}
    })))
  const tab = await configOf('/marketplace/placement/1/?IFRAME=Y&generation=A')
  t.match(tab, {
    denied: ['setTitle'],
    appOrigin: 'http://127.0.0.1:9',
    appPath: '/marketplace/app/1/',
    initData: { PLACEMENT: 'CRM_DEAL_DETAIL_TAB' }
  })
  const bare = await configOf('/marketplace/placement/2/?IFRAME=Y')
  t.match(bare, { sid: /^[0-9a-f]{32}$/, initData: { PLACEMENT: 'BI_ANALYTICS_MENU' } },
    'a call by GET carries no APP_SID, so the frame gets one')
  const withPage = await (await fetch(`${alpha.url}/marketplace/placement/1/?IFRAME=Y`,
    { headers: { referer: `${alpha.url}/stream/` } })).text()
  t.ok(withPage.includes('/stream/'))
})
