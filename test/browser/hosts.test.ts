import t from 'tap'
import { cspSources } from '../../plugins/frame-ancestors/index.ts'
import { hosts, openBrowser } from './chromium.ts'
import { serverFor } from '../servers.ts'

const browser = await openBrowser()

await t.test('frame sources: the browser frames a page for every host name accepted', async t => {
  const html = { 'content-type': 'text/html' }
  const page = await serverFor(t, (request, response) => {
    const policy = new URL(String(request.url), 'http://page').searchParams.get('sources')
    response.writeHead(200, { ...html, 'content-security-policy': `frame-ancestors ${policy}` }).end('<p>inside</p>')
  })
  const portal = await serverFor(t, (request, response) => {
    const origin = `http://${request.headers.host}`
    const sources = encodeURIComponent(cspSources(origin).join(' '))
    response.writeHead(200, html).end(`<iframe src="${page}/?sources=${sources}"></iframe>`)
  })
  for (const host of hosts) {
    const tab = await browser.newPage()
    await tab.goto(`http://${host}:${new URL(portal).port}/`)
    t.equal(await tab.frameLocator('iframe').locator('p').textContent(), 'inside', host)
    await tab.close()
  }
})

await browser.close()
