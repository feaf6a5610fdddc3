import t, { type Test } from 'tap'
import { createElement } from 'react'
import { renderToString as renderReact } from 'react-dom/server'
import { createSSRApp, h } from 'vue'
import { renderToString as renderVue } from 'vue/server-renderer'
import { jsonServerFor } from '../servers.ts'
import { api, ApiError, b24, bootstrap, frame, mockFrame, type PageData } from '../../client/index.ts'
import { connectFrame } from '../../client/frame.ts'
import * as react from '../../client/react.ts'
import * as vue from '../../client/vue.ts'
import { openPortalWindow } from './portal-window.ts'

interface Deal { deal: { id: number, title: string } }
const data: Deal = { deal: { id: 8061, title: 'Supplies' } }
const outside = { name: 'FrameError', code: 'B24_FRAME_OUTSIDE' }

/** Puts what a page has in a browser in its place, until the end of the test. */
function setGlobals (t: Test, values: object): void {
  for (const [name, value] of Object.entries(values)) {
    const before = Object.getOwnPropertyDescriptor(globalThis, name)
    Object.defineProperty(globalThis, name, { configurable: true, value })
    t.after(() => {
      if (before === undefined) Reflect.deleteProperty(globalThis, name)
      else Object.defineProperty(globalThis, name, before)
    })
  }
}

await t.test('client: says where it is outside of a portal', async t => {
  for (const calling of [async () => bootstrap(), async () => await api('/api/me'), async () => await frame()]) {
    await t.rejects(calling(), { ...outside, message: /^This page is not inside Bitrix24: .*mockFrame/ })
  }
  setGlobals(t, { window: { name: '' } })
  await t.rejects(b24(), outside)
})

await t.test('client: loads the SDK when it is asked for', async t => {
  const { window, posted } = openPortalWindow(t)
  const { parent } = window
  const broken = { postMessage () { throw new Error('the portal is gone') } }
  setGlobals(t, { parent: broken })
  Object.assign(window, { location: new URL('http://localhost/') })
  await t.rejects(b24())
  Object.assign(broken, parent)
  const [sdk, same] = await Promise.all([b24(), b24()])
  t.equal(sdk, same)
  t.match(sdk.auth.getAuthData(), { access_token: 'first' })
  t.equal(posted.filter(({ command }) => command === 'getInitData').length, 2, 'our frame and the SDK ask once each')
  sdk.destroy()
  const around = await connectFrame()
  around.destroy()
})

await t.test('client: takes a mock frame where a page is opened alone', async t => {
  const calls: unknown[] = []
  const mock = mockFrame({
    data,
    lang: 'ar',
    dir: 'rtl',
    placement: 'CRM_DEAL_DETAIL_TAB',
    frame: { isAdmin: true, fit: () => { calls.push('fit') } },
    api: (path, init) => {
      calls.push([path, init])
      if (path === '/api/none') throw new ApiError('SHOP_NONE', 404, 'Nothing there')
      return { id: 7 }
    }
  })
  const page = bootstrap<Deal>({ mock })
  t.equal(page.data.deal.title, 'Supplies')
  t.match(page, { lang: 'ar', dir: 'rtl', placement: 'CRM_DEAL_DETAIL_TAB', user: { id: 1 }, screen: null })
  t.equal((await api<{ id: number }>('/api/notes', { body: { text: 'x' } })).id, 7)
  await t.rejects(api('/api/none'), { code: 'SHOP_NONE', status: 404 })
  const { fit, isAdmin, placement, getAuth, call } = await frame()
  fit()
  t.strictSame([isAdmin, placement.code, (await getAuth()).authId], [true, 'CRM_DEAL_DETAIL_TAB', 'mock'])
  await t.rejects(call('profile'), { message: 'mockFrame: give frame.call, which this page calls' })
  t.strictSame(calls, [['/api/notes', { body: { text: 'x' } }], ['/api/none', {}], 'fit'])
  t.equal(bootstrap().lang, 'ar', 'it stays until there is another one')
  t.equal(bootstrap({ mock: mockFrame({ data: {} }) }).lang, 'en')
})

await t.test('client: a mock frame does nothing of its own accord', async t => {
  bootstrap({ mock: mockFrame({ data: {} }) })
  const mocked = await frame()
  const { send, listen, on, fit, refreshAuth } = mocked
  t.equal(await send('showAppForm'), undefined)
  t.equal(fit(), undefined)
  for (const stop of [listen('x', {}, () => {}), on('x', () => {})]) t.equal(stop(), undefined)
  t.match(await refreshAuth(), { authId: 'mock', expiresAt: Number })
})

await t.test('client: sends the calls of a page with a mock without answers', async t => {
  const origin = await jsonServerFor(t, 200, { id: 9 })
  setGlobals(t, { location: { origin } })
  bootstrap({ mock: mockFrame({ data: {} }) })
  t.strictSame(await api('/api/notes'), { id: 9 })
})

const page = bootstrap<Deal>({ mock: mockFrame({ data }) })

await t.test('vue: a component has the page, from its server or its document', async t => {
  const component = () => h('h1', vue.useBitrix24<Deal>().data.deal.title)
  t.equal(await renderVue(createSSRApp(component)), '<h1>Supplies</h1>')
  const served = { ...page, data: { deal: { id: 1, title: 'Of the server' } } }
  t.equal(await renderVue(createSSRApp(component).use(vue.bitrix24, served)), '<h1>Of the server</h1>')
  t.equal(vue.useBitrix24<Deal>().data.deal.id, 8061, 'outside of components, too')
  t.equal(vue.useBitrix24().api, api)
})

await t.test('react: a component has the page, from its server or its document', async t => {
  const Component = () => createElement('h1', null, react.useBitrix24<Deal>().data.deal.title)
  t.equal(renderReact(createElement(Component)), '<h1>Supplies</h1>')
  const served = { ...page, data: { deal: { id: 1, title: 'Of the server' } } }
  const inside = createElement(react.Bitrix24Provider, { value: served }, createElement(Component))
  t.equal(renderReact(inside), '<h1>Of the server</h1>')
})

await t.test('client: has the data of the page, and keeps its session secret', async t => {
  const told: PageData<Deal> = {
    ...page, data, lang: 'de', session: 'secret', base: '/b24', texts: { unreachable: 'Weg', expired: 'Abgelaufen' }
  }
  const element = { textContent: JSON.stringify(told) }
  setGlobals(t, {
    document: { querySelector: (selector: string) => selector === 'script#b24-page-data' ? element : null },
    location: { origin: await jsonServerFor(t, 502, {}) },
    window: { name: '' }
  })
  // A module of its own: it has seen no mock.
  const fresh: typeof import('../../client/index.ts') = await import(`../../client/index.ts?${Date.now()}`)
  const got = fresh.bootstrap<Deal>({ mock: mockFrame({ data }) })
  t.equal(got.lang, 'de', 'a mock does not count')
  t.notMatch(JSON.stringify(got), 'secret')
  await t.rejects(fresh.api('/api/me'), { code: 'B24_API_UNREADABLE', message: 'Weg' })
  await t.rejects(fresh.frame(), outside)
})
