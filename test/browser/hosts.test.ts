import t from 'tap'
import { cspSources } from '../../src/http/frame.ts'
import { launchChromium } from '../chromium.ts'
import { serverFor } from '../helper.ts'

const hosts = ['portal.example.com', 'portal.example.com.', 'xn--e1afmkfd.xn--p1ai', 'b24_test.example.com', '_b24_.my_firm.example.com', 'b24_test.local']
const browser = await launchChromium([`--host-resolver-rules=${hosts.map(host => `MAP ${host} 127.0.0.1`).join()}`])

await t.test('a portal can frame a page whose policy names it, whatever characters browsers accept in its name', async t => {
  const html = { 'content-type': 'text/html' }
  const page = await serverFor(t, (request, response) => {
    const policy = new URL(String(request.url), 'http://page').searchParams.get('sources')
    response.writeHead(200, { ...html, 'content-security-policy': `frame-ancestors ${policy}` }).end('<p>inside</p>')
  })
  const portal = await serverFor(t, (request, response) => {
    const origin = `http://${request.headers.host}`
    response.writeHead(200, html).end(`<iframe src="${page}/?sources=${encodeURIComponent(cspSources(origin).join(' '))}"></iframe>`)
  })
  for (const host of hosts) {
    const tab = await browser.newPage()
    await tab.goto(`http://${host}:${new URL(portal).port}/`)
    t.equal(await tab.frameLocator('iframe').locator('p').textContent({ timeout: 20_000 }), 'inside', host)
    await tab.close()
  }
})

// tap ends when nothing is left to do, and an open browser is something.
await browser.close()
