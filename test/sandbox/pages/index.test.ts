import t from 'tap'
import type { Portal } from '../../../sandbox/index.ts'
import { resultOf, sandboxFor } from '../helper.ts'

async function get (portal: Portal, path: string, headers: Record<string, string> = {}) {
  const response = await fetch(portal.url + path, { headers, redirect: 'manual' })
  return { status: response.status, location: response.headers.get('location'), text: await response.text() }
}

/** What the form and the script of a page with a frame hold. */
async function frameOf (portal: Portal, path: string, headers: Record<string, string> = {}) {
  const { status, text } = await get(portal, path, headers)
  const decode = (html = '') => html.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
  const body = Object.fromEntries([...text.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)]
    .map(([, name = '', value]) => [name, decode(value)]))
  return {
    status,
    body,
    action: decode(/<form id="appform_\w+" action="([^"]*)"/.exec(text)?.[1]),
    name: decode(/<iframe [^>]*name="([^"]*)"/.exec(text)?.[1]),
    source: /<iframe [^>]*src="([^"]*)"/.exec(text)?.[1],
    config: JSON.parse(decode(/data-frame="([^"]*)"/.exec(text)?.[1]))
  }
}

async function bind (portal: Portal, PLACEMENT: string): Promise<void> {
  await resultOf(portal, 'placement.bind',
    { PLACEMENT, HANDLER: 'http://127.0.0.1:9/placement', TITLE: PLACEMENT.toLowerCase() })
}

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

await t.test('portal pages: a link opens the handler that was bound for it', async t => {
  const { portals: { alpha }, appCode, clientId } = await sandboxFor(t, { appCode: 'my.app' })
  await bind(alpha, 'REST_APP_URI')
  alpha.installed = true
  const paths = [`/marketplace/view/${appCode}/`, `/marketplace/view/${clientId}/`, `/market/view/${appCode}/and/more`]
  for (const path of paths) {
    const { body, config } = await frameOf(alpha,
      `${path}?params[a][b]=1%2B1&other=x&user=2&IFRAME=Y&IFRAME_TYPE=SIDE_SLIDER`, { referer: `${alpha.url}/stream/` })
    t.equal(body.PLACEMENT, 'REST_APP_URI')
    t.strictSame(JSON.parse(body.PLACEMENT_OPTIONS ?? ''), { a: { b: '1+1' }, URI: '/stream/' })
    t.match(config, {
      denied: ['setTitle'],
      initData: { IS_ADMIN: false, INSTALL: false, PLACEMENT_OPTIONS: { a: { b: '1+1' }, URI: '/stream/' } }
    })
  }
})

await t.test('portal pages: the options of a link have the order of PHP', async t => {
  const { portals: { alpha }, appCode } = await sandboxFor(t)
  await bind(alpha, 'REST_APP_URI')
  alpha.installed = true
  const rows: Array<[query: string, options: string]> = [
    ['params[1]=a&params[0]=b', '{"1":"a","0":"b","URI":"\\/stream\\/"}'],
    ['params[b]=1&params[2]=x&params[1]=y', '{"b":"1","2":"x","1":"y","URI":"\\/stream\\/"}'],
    ['params[2]=x&params[1]=y&params[URI]=z', '{"2":"x","1":"y","URI":"z"}'],
    ['params[URI]=&params[1]=y', '{"URI":"\\/stream\\/","1":"y"}'],
    ['params=x', '{"URI":"\\/stream\\/"}']
  ]
  for (const [query, options] of rows) {
    const { body } = await frameOf(alpha, `/marketplace/view/${appCode}/?${query}&IFRAME=Y`,
      { referer: `${alpha.url}/stream/` })
    t.equal(body.PLACEMENT_OPTIONS, options, query)
  }
})

await t.test('portal pages: the address of a page on another site is not passed on', async t => {
  const { portals: { alpha }, appCode } = await sandboxFor(t)
  await bind(alpha, 'REST_APP_URI')
  alpha.installed = true
  const path = `/marketplace/view/${appCode}/?IFRAME=Y`
  for (const referer of ['https://other.example/page', 'nonsense']) {
    t.notOk('PLACEMENT_OPTIONS' in (await frameOf(alpha, path, { referer })).body, referer)
  }
})

await t.test('portal pages: a link opens nothing without what it leads to', async t => {
  const { portals: { alpha }, appCode } = await sandboxFor(t)
  const refused = { status: 403, text: /not available/ }
  alpha.installed = true
  t.match(await get(alpha, `/marketplace/view/${appCode}/?IFRAME=Y`), refused, 'no handler')
  await bind(alpha, 'REST_APP_URI')
  for (const code of ['other.app', '1']) t.match(await get(alpha, `/marketplace/view/${code}/?IFRAME=Y`), refused, code)
  t.match(await get(alpha, `/marketplace/view/${appCode}/`), { status: 200, text: /data-open-slider/ },
    'outside of a slider the page opens one')
  alpha.installed = false
  t.match(await get(alpha, `/marketplace/view/${appCode}/?IFRAME=Y`),
    { status: 403, text: /not installed yet.*Install the application/s }, 'not installed')
  t.notMatch((await get(alpha, `/marketplace/view/${appCode}/?IFRAME=Y&user=2`)).text, 'Install the application')
  t.match(await get(alpha, '/marketplace/app/2/'), { status: 403 }, 'no such application')
})

await t.test('portal pages: every bound handler can be opened with example options', async t => {
  const { portals: { alpha }, appCode } = await sandboxFor(t)
  t.match((await get(alpha, '/placements/')).text, /not installed yet/)
  alpha.installed = true
  t.match((await get(alpha, '/placements/')).text, /bound no handler/)
  for (const code of ['REST_APP_URI', 'CRM_DEAL_DETAIL_TAB', 'BI_ANALYTICS_MENU']) await bind(alpha, code)
  const { text } = await get(alpha, '/placements/')
  t.ok(text.includes(`href="/marketplace/view/${appCode}/?params[test]=y&amp;params[docId]=42"`))
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

await t.test("portal pages: the feed shows links in the language's direction", async t => {
  const { portals: { alpha }, appCode } = await sandboxFor(t)
  const { text } = await get(alpha, '/stream/?lang=ar&user=2')
  t.ok(text.includes(`/marketplace/view/${appCode}/?params[test]=y`))
  t.match(text, /<html lang="en" dir="rtl">/)
  t.match((await get(alpha, '/stream/?lang=xx')).text, /dir="ltr"/, 'an unknown language is English')
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
