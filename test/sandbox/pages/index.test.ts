import t from 'tap'
import { sandboxFor } from '../helper.ts'
import { bind, frameOf, get } from './pages-scene.ts'

await t.test('portal pages: the portal opens at the installation, later at the feed', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.match(await get(alpha, '/?lang=de&user=2'),
    { status: 302, location: '/marketplace/app/1/?from=start&lang=de&user=2' })
  t.equal((await frameOf(alpha, '/marketplace/app/1/?from=start&lang=de')).config.afterInstall,
    '/stream/?lang=de&user=1')
  alpha.installed = true
  t.match(await get(alpha, '/'), { status: 302, location: '/stream/?lang=en&user=1' })
})

await t.test('portal pages: the install page holds the call that a portal makes', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { action, name, body, config } = await frameOf(alpha, '/marketplace/app/1/?lang=la&_r=0.7')
  const sid = new URL(action).searchParams.get('APP_SID')
  t.match(action, /^http:\/\/127\.0\.0\.1:9\/install\?DOMAIN=localhost%3A\d+&PROTOCOL=0&LANG=la&APP_SID=/)
  t.equal(name, `${alpha.domain}|0|${sid}`)
  t.match(body, { PLACEMENT: 'DEFAULT', PLACEMENT_OPTIONS: '{"any":"1\\/"}', member_id: alpha.memberId })
  t.match(config, {
    sid,
    appOrigin: 'http://127.0.0.1:9',
    denied: [],
    initData: {
      LANG: 'la',
      DOMAIN: alpha.domain,
      PROTOCOL: 0,
      PATH: '/rest',
      AUTH_ID: body.AUTH_ID,
      AUTH_EXPIRES: '3600',
      MEMBER_ID: alpha.memberId,
      FIRST_RUN: true,
      IS_ADMIN: true,
      INSTALL: true,
      USER_OPTIONS: [],
      APP_OPTIONS: [],
      PLACEMENT: 'DEFAULT'
    }
  })
})

await t.test('portal pages: an employee cannot open what is not installed', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.match(await get(alpha, '/marketplace/app/1/?user=2'), { status: 403, text: /not installed yet/ })
  t.match(await get(alpha, '/placements/?user=2'), { status: 200, text: /not installed yet/ })
})

await t.test('portal pages: the main page passes on the query of its address', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  alpha.installed = true
  const { action, body } = await frameOf(alpha, '/marketplace/app/1/?lang=de&user=2&IFRAME=Y&a[b]=1',
    { referer: `${alpha.url}/stream/?x=1` })
  t.match(action, /^http:\/\/127\.0\.0\.1:9\/placement\?/)
  t.strictSame(JSON.parse(body.PLACEMENT_OPTIONS ?? ''), { any: '1/', IFRAME: 'Y', a: { b: '1' }, URI: '/stream/?x=1' })
})

await t.test('portal pages: every bound handler can be opened with example options', async t => {
  const { portals: { alpha }, appCode } = await sandboxFor(t)
  t.match((await get(alpha, '/placements/')).text, /not installed yet/)
  alpha.installed = true
  t.match((await get(alpha, '/placements/')).text, /bound no handler/)
  for (const code of ['REST_APP_URI', 'CRM_DEAL_DETAIL_TAB', 'BI_ANALYTICS_MENU']) await bind(alpha, code)
  const { text } = await get(alpha, '/placements/')
  t.ok(text.includes(`href="/marketplace/view/${appCode}/?params[docId]=42"`))
  t.ok(text.includes('href="/marketplace/placement/2/"'))
  t.match(await get(alpha, '/marketplace/placement/2/'), { status: 200, text: /data-open-slider/ })
  t.match((await frameOf(alpha, '/marketplace/placement/2/?IFRAME=Y')).body,
    { PLACEMENT: 'CRM_DEAL_DETAIL_TAB', PLACEMENT_OPTIONS: '{"ID":"8061"}' })
  t.equal((await frameOf(alpha, '/marketplace/placement/3/?IFRAME=Y')).source, 'http://127.0.0.1:9/placement')
  t.match(await get(alpha, '/marketplace/placement/9/?IFRAME=Y'), { status: 404, text: /no such placement/ })
  alpha.installed = false
  t.match(await frameOf(alpha, '/marketplace/placement/2/?IFRAME=Y'), { action: /\/install\?/ },
    'the install page comes first')
})

await t.test('portal pages: a frame acts for the user for whom it was opened', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const act = async (sid: string, action: string, params: unknown = {}) => {
    const response = await fetch(`${alpha.url}/sandbox/frame/${sid}/${action}`, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(params)
    })
    return response.json()
  }
  const admin = (await frameOf(alpha, '/marketplace/app/1/')).config.sid
  alpha.installed = true
  const employee = (await frameOf(alpha, '/marketplace/app/1/?user=2')).config.sid

  t.match(await act('unknown', 'refreshAuth'), { error: 'unknown_frame' })
  t.match(await act(employee, 'refreshAuth'), { AUTH_ID: /^[0-9a-f]{70}$/, AUTH_EXPIRES: '3600', REFRESH_ID: String })
  t.strictSame(await act(employee, 'setInstallFinish', { value: false }), { result: 'false' },
    'an employee cannot end the installation')
  t.equal(alpha.installed, true)
  t.strictSame(await act(admin, 'setInstallFinish', { value: false }), { result: 'true' },
    'an administrator can take it back')
  t.equal(alpha.installed, false)
  await act(admin, 'setInstallFinish')
  t.equal(alpha.installed, true)

  t.strictSame(await act(employee, 'setAppOption', { name: 'a', value: 1 }), { error: 'access_denied' })
  t.strictSame(await act(admin, 'setAppOption', { name: 'a', value: 1 }), { a: 1 })
  await act(employee, 'setUserOption', { name: 'b', value: 'x' })
  await act(employee, 'setInstall')
  const { initData } = (await frameOf(alpha, '/marketplace/app/1/?user=2')).config
  t.match(initData, { FIRST_RUN: false, APP_OPTIONS: { a: '1' }, USER_OPTIONS: { b: 'x' } })

  alpha.uninstall()
  t.match((await frameOf(alpha, '/marketplace/app/1/')).config,
    { initData: { FIRST_RUN: true, APP_OPTIONS: [], USER_OPTIONS: [] } })
})
