import t from 'tap'
import { openBrowser } from '../chromium.ts'
import { serverFor } from '../../servers.ts'
import { faults, frameOf, look, openWindow } from '../window.ts'
import { filesOfPage, openTab } from './scene.ts'

const browser = await openBrowser()
const hour = 3_600_000

const vuePage = `
import { createApp, h, ref } from 'vue'
import { useBitrix24 } from 'fastify-bitrix24/client/vue'

createApp({
  setup () {
    const { data, user, api } = useBitrix24<{ deal: { ID: string } }>()
    const said = ref('nothing')
    const ask = async () => {
      said.value = '…'
      const [me, rights] = await Promise.all([
        api<{ user: { id: number } }>('/api/me'), api<{ id: number }>('/api/whoami', { method: 'POST', asUser: true })
      ]).catch(error => [{ user: { id: error.code } }, { id: error.message }])
      said.value = me.user.id + ', ' + rights.id
    }
    return () => h('main', [
      h('h1', 'Deal ' + data.deal.ID + ' of ' + user.id), h('button', { onClick: ask }, 'Ask'),
      h('p', { role: 'status' }, said.value)
    ])
  }
}).mount('#app')
`

await t.test('client: a page that was idle for three hours makes its next call', async t => {
  const { service, clock, id, address, answers } = await openTab(t, vuePage)
  const { page, complaints } = await openWindow(t, browser, 'about:blank')
  await page.clock.install()
  await page.goto(address)
  await page.getByText('Supplies').nth(1).click()
  const frame = await frameOf(page, service)
  await frame.getByText(`Deal ${id} of 1`).waitFor()
  t.strictSame(await faults(frame), [])
  await frame.getByRole('button').click()
  await frame.getByText('1, 1', { exact: true }).waitFor()
  t.strictSame(answers('/api/session'), [])

  await frame.evaluate(() => { document.body.dataset['mark'] = 'the same page' })
  clock.advance(3 * hour)
  await page.clock.fastForward(3 * hour)
  await frame.getByRole('button').click()
  await frame.getByText('…').waitFor({ state: 'detached' })
  t.equal(await frame.getByRole('status').textContent(), '1, 1')
  t.equal(await frame.evaluate(() => document.body.dataset['mark']), 'the same page')
  t.strictSame(answers('/api/session'), [200], 'one exchange for two calls')
  t.strictSame([answers('/api/me'), answers('/api/whoami')], [[200, 200], [200, 200]], 'no call was refused')
  t.strictSame(complaints, [])
  await look(page, 'client-after-three-hours')
})

const reactPage = `
import { createElement, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { useBitrix24 } from 'fastify-bitrix24/client/react'

function Deal () {
  const { data, api, b24, frame } = useBitrix24<{ deal: { ID: string } }>()
  const [said, setSaid] = useState('nothing')
  const ask = async () => {
    setSaid(await api<{ lang: string }>('/api/me').then(({ lang }) => lang, error => error.message))
  }
  const load = async () => {
    const { auth } = await b24()
    const { isAdmin, origin } = await frame()
    setSaid(JSON.stringify([auth.getTargetOrigin() === origin, isAdmin]))
  }
  return createElement('main', null,
    createElement('h1', null, 'Deal ' + data.deal.ID), createElement('button', { onClick: ask }, 'Ask'),
    createElement('button', { onClick: load }, 'SDK'), createElement('p', { role: 'status' }, said))
}
createRoot(document.querySelector('#app')!).render(createElement(Deal))
`

await t.test('client: tells a removed user so, and loads the SDK when asked', async t => {
  const { service, clock, address, answers } = await openTab(t, reactPage)
  const { page, complaints } = await openWindow(t, browser, 'about:blank')
  await page.clock.install()
  const scripts: string[] = []
  page.on('response', answer => { if (answer.url().includes('/ui/')) scripts.push(new URL(answer.url()).pathname) })
  await page.goto(`${address}&user=2`)
  await page.getByText('Supplies').nth(1).click()
  const frame = await frameOf(page, service)
  const status = frame.getByRole('status')
  await frame.getByRole('button', { name: 'Ask' }).click()
  await status.getByText('de', { exact: true }).waitFor()
  const first = scripts.splice(0).length
  await frame.getByRole('button', { name: 'SDK' }).click()
  await status.getByText('[true,false]').waitFor()
  t.ok(first > 0 && scripts.length > 0, 'the SDK comes in files of its own')
  t.strictSame(complaints, [])

  clock.advance(3 * hour)
  await page.clock.fastForward(3 * hour)
  service.sandbox.trouble.access = 'denied'
  await frame.getByRole('button', { name: 'Ask' }).click()
  await status.getByText('Bitrix24').waitFor()
  const { t: text } = service.fastify.pages.i18n.resolve('de')
  t.equal(await status.textContent(), text('error.portal-refused.text'))
  t.strictSame([answers('/api/session'), answers('/api/me')], [[502], [200]], 'the call itself is not sent')
  await look(page, 'client-removed-user')
})

const alonePage = `
import { api, b24, bootstrap, frame, mockFrame } from 'fastify-bitrix24/client'

const heading = document.querySelector('h1')!
const isMocked = location.search === '?mock'
const mock = isMocked ? mockFrame({ data: { title: 'Supplies' }, frame: { isAdmin: true } }) : undefined
try {
  const { data } = bootstrap<{ title: string }>({ mock })
  const { isAdmin } = await frame()
  const { rows } = await api<{ rows: number }>('/api/rows')
  const sdk = await b24().catch(error => error.code)
  heading.textContent = [data.title, isAdmin, rows, sdk].join()
} catch (error) {
  heading.textContent = (error as Error).message
}
`

await t.test('client: a page that is opened alone says so, or takes a mock frame', async t => {
  const files = await filesOfPage(t, alonePage)
  const origin = await serverFor(t, ({ url = '' }, response) => {
    const { pathname } = new URL(url, 'http://localhost')
    response.setHeader('content-type', pathname === '/' ? 'text/html' : 'text/javascript')
    response.end(files.get(pathname.slice(1)))
  })
  const { page } = await openWindow(t, browser, origin)
  const sentence = page.getByText('This page is not inside Bitrix24')
  t.match(await sentence.textContent(), 'to open it alone, call bootstrap({ mock: mockFrame({ data }) })')
  await page.route('**/api/rows', async route => await route.fulfill({ json: { rows: 7 } }))
  await page.goto(`${origin}/?mock`)
  t.equal(await page.getByText('Supplies').textContent(), 'Supplies,true,7,B24_FRAME_OUTSIDE')
})

await browser.close()
