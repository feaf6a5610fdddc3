import t from 'tap'
import { sandboxFor } from '../helper.ts'
import { bind, frameOf, get } from './pages-scene.ts'

await t.test('link pages: a link opens the handler that was bound for it', async t => {
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

await t.test('link pages: a link that names no viewer is opened by the one of the page before', async t => {
  const { portals: { alpha }, appCode } = await sandboxFor(t)
  await bind(alpha, 'REST_APP_URI')
  alpha.installed = true
  const referer = `${alpha.url}/stream/?user=2`
  const { config } = await frameOf(alpha, `/marketplace/view/${appCode}/?IFRAME=Y`, { referer })
  t.match(config, { initData: { IS_ADMIN: false } })
})

await t.test('link pages: the options of a link have the order of PHP', async t => {
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

await t.test('link pages: the address of a page on another site is not passed on', async t => {
  const { portals: { alpha }, appCode } = await sandboxFor(t)
  await bind(alpha, 'REST_APP_URI')
  alpha.installed = true
  const path = `/marketplace/view/${appCode}/?IFRAME=Y`
  for (const referer of ['https://other.example/page', 'nonsense']) {
    t.notOk('PLACEMENT_OPTIONS' in (await frameOf(alpha, path, { referer })).body, referer)
  }
})

await t.test('link pages: a link opens nothing without what it leads to', async t => {
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

await t.test("link pages: the feed shows links in the language's direction", async t => {
  const { portals: { alpha }, appCode } = await sandboxFor(t)
  const { text } = await get(alpha, '/stream/?lang=ar&user=2')
  t.ok(text.includes(`/marketplace/view/${appCode}/?params[docId]=42`))
  t.match(text, /<html lang="en" dir="rtl">/)
  t.match((await get(alpha, '/stream/?lang=xx')).text, /dir="ltr"/, 'an unknown language is English')
})
