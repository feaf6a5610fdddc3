import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import t, { type Test } from 'tap'
import { sandbox } from '../../sandbox/index.ts'
import { missingChromium } from '../machine.ts'
import { initMyApp, startDev } from '../my-app.ts'
import { copyProject } from '../plugins/frontend/project.ts'
import { freePort } from '../service.ts'
import { makeCertificate, startProxy, writeNgrok, type Certificate } from '../tunnel.ts'
import { until } from '../until.ts'
import { launchOptions } from './chromium.ts'
import { look, openWindow } from './window.ts'

if (missingChromium) {
  t.plan(0, `not run: ${missingChromium}`)
  process.exit()
}

/** A browser that takes the certificate, and complains about every other one. */
async function openBrowser (t: Test, { spki }: Certificate) {
  const args = [...launchOptions.args, `--ignore-certificate-errors-spki-list=${spki}`]
  const browser = await chromium.launch({ ...launchOptions, args })
  t.after(() => browser.close())
  return browser
}

/** An application behind a proxy whose address is given. */
async function behindProxy (t: Test, certificate: Certificate, folder: string, env: Record<string, string> = {}) {
  const port = await freePort()
  const address = await startProxy(t, certificate, `http://127.0.0.1:${port}`)
  return {
    address,
    start: () => startDev(t, folder, {
      args: ['--port', String(port), '--tunnel', address],
      env: { NODE_EXTRA_CA_CERTS: certificate.authority, ...env },
      until: 'Ctrl+C stops everything.\n'
    })
  }
}

const deal = 'Furniture for an office in Berlin'

await t.test('dev --tunnel: the slider shows the application over https', async t => {
  const certificate = makeCertificate(t)
  const { folder, edit } = await initMyApp(t)
  const { address, start } = await behindProxy(t, certificate, folder)
  const { portal, printed, stop } = await start()
  t.match(printed(), `Your handler path                ${address}/placement\n`)
  t.match(printed(), `Initial installation path        ${address}/install\n`)
  t.match(printed(), 'Assign permissions               placement, crm, and')

  const browser = await openBrowser(t, certificate)
  const { page, hosts, complaints } =
    await openWindow(t, browser, `${portal}/marketplace/placement/CRM_DEAL_DETAIL_TAB/`)
  const widget = page.frameLocator('.slider-frame').frameLocator('iframe')
  await widget.getByRole('heading', { name: deal }).waitFor()
  await widget.getByText('Nobody has commented').waitFor()
  edit('application/views/deal-tab.eta', '<h1>', '<h1>Edited: ')
  await widget.getByRole('heading', { name: `Edited: ${deal}` }).waitFor()
  await look(page, 'dev-tunnel')
  t.strictSame([...hosts].sort(), [new URL(address).host, new URL(portal).host].sort())
  t.strictSame(complaints, [])
  t.notMatch(printed(), 'TRUST_PROXY', 'the proxy is trusted')
  t.equal(await stop(), 0)
})

await t.test('dev --tunnel: binds an application again at a new address', async t => {
  const certificate = makeCertificate(t)
  const { folder } = await initMyApp(t)
  const first = await behindProxy(t, certificate, folder)
  const second = await behindProxy(t, certificate, folder)
  // It stands for Bitrix24: the service knows it by what is in .env only.
  const bitrix24 = await sandbox({ appUrl: first.address, clientId: 'local.1a2b3c', clientSecret: 'from-the-card' })
  t.after(() => bitrix24.close())
  const { alpha } = bitrix24.portals
  const handlers = () => [...new Set(alpha.placements.map(({ handler }) => handler))]

  const sandboxFirst = await first.start()
  t.match(sandboxFirst.printed(), 'Put its "Application ID (client_id)"')
  const ownVariables = ['B24_CLIENT_ID=local.1a2b3c', 'B24_CLIENT_SECRET=from-the-card', 'ALLOW_INSECURE_PORTALS=true',
    `B24_OAUTH_SERVERS=${bitrix24.authorizationServer}`, 'DATABASE_URL=postgres://production.example/x', ''].join('\n')
  writeFileSync(join(folder, '.env'), ownVariables)
  await sandboxFirst.says(`The service is the application local.1a2b3c in Bitrix24, at ${first.address}.`)
  t.match(await bitrix24.install(), { status: 200 })
  t.strictSame(handlers(), [`${first.address}/placement`])
  t.match(await bitrix24.send(alpha.placementCall('CRM_DEAL_DETAIL_TAB', { params: { ID: 8061 } })), {
    status: 200, text: deal
  })
  t.equal(await sandboxFirst.stop(), 0)

  const moved = await second.start()
  await moved.says(`The address has changed; it was ${first.address}.`)
  await moved.says('is bound to the new address.')
  t.strictSame(handlers(), [`${second.address}/placement`])
  t.strictSame([...new Set(alpha.events.map(({ handler }) => handler))], [`${second.address}/events`])
  t.equal(await moved.stop(), 0)
  const again = await second.start()
  t.notMatch(again.printed(), 'The address has changed')
  t.notMatch(again.printed(), 'bound to the new address.')
  t.notMatch(sandboxFirst.printed() + moved.printed() + again.printed(), 'from-the-card', 'no secret is printed')
  await again.stop()
})

await t.test('dev --tunnel: uses an installed program, which ends with it', async t => {
  const certificate = makeCertificate(t)
  const { folder } = await initMyApp(t)
  const port = await freePort()
  writeNgrok(folder, certificate, port)
  const { openTab, printed, stop } = await startDev(t, folder, {
    args: ['--tunnel'], env: { PATH: `${folder}:/usr/bin:/bin`, NODE_EXTRA_CA_CERTS: certificate.authority }
  })
  t.match(printed(), `Your handler path                https://127.0.0.1:${port}/placement\n`)
  t.match(await openTab(), { status: 200, html: deal })
  t.equal(await stop(), 0)
  await t.rejects(fetch(`https://127.0.0.1:${port}/health`), { cause: { code: 'ECONNREFUSED' } })
})

await t.test('dev --tunnel: hot reload comes over wss and keeps the state', async t => {
  const certificate = makeCertificate(t)
  const { root, edit } = copyProject(t)
  const { address, start } = await behindProxy(t, certificate, root)
  const { portal, printed, stop } = await start()
  const browser = await openBrowser(t, certificate)
  const { page, hosts, complaints } = await openWindow(t, browser, 'about:blank')
  const sockets: string[] = []
  page.on('websocket', socket => sockets.push(new URL(socket.url()).origin))
  await page.goto(`${portal}/marketplace/placement/CRM_DEAL_DETAIL_TAB/`)
  const widget = page.frameLocator('.slider-frame').frameLocator('iframe')
  await widget.locator('h1').waitFor()
  // The server has rendered it; its button works once the browser has, too.
  await until(async () => {
    await widget.getByRole('button').click()
    return await widget.getByText('Parts: 0').count() === 0
  })
  const counted = await widget.getByRole('button').textContent()
  edit('frontend/order/Order.vue', 'of deal', 'for deal')
  await widget.getByRole('heading', { name: 'for deal 8061' }).waitFor()
  t.equal(await widget.getByRole('button').textContent(), counted, 'the state is kept')
  t.strictSame(sockets, [address.replace('https:', 'wss:')])
  t.strictSame([...hosts].sort(), [new URL(address).host, new URL(portal).host].sort())
  t.strictSame(complaints, [])
  t.notMatch(printed(), 'Loaded')
  await look(page, 'dev-tunnel-hmr')
  t.equal(await stop(), 0)
})
