// npm run bench:page: bytes, requests and time to the text of one list, as a plain page and built with Vue and
// React, in the slider of the sandbox portal. Cold: the browser has nothing of it; warm: it is opened a second time.
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { chromium, type BrowserContext, type Request } from 'playwright-core'
import { sandbox } from '../sandbox/index.ts'
import { freePort } from '../sandbox/listen.ts'
import { chromiumPath } from '../test/machine.ts'
import { median } from './bench/load.ts'

/** Milliseconds */
interface Times { startedAt: number, fromNavigation: number }

const root = join(import.meta.dirname, '..')
const rounds = 7
const pages = ['plain', 'vue', 'react']

/** One opening of a page. */
interface Opening { bytes: number, requests: number, fromClick: number, fromNavigation: number }

/** Opens a page by a click on a link in the portal. */
async function open (context: BrowserContext, portal: string, path: string): Promise<Opening> {
  const page = await context.newPage()
  const requests: Request[] = []
  page.on('requestfinished', request => { if (request.url().startsWith(url)) requests.push(request) })
  await page.goto(`${portal}/stream/`)
  const link = page.locator('main a[href*="/marketplace/view/"]').first()
  await link.evaluate((link, path) => {
    link.setAttribute('href', path)
    link.addEventListener('click', ({ timeStamp }) => {
      Object.assign(window, { clickedAt: performance.timeOrigin + timeStamp })
    })
  }, path)
  const navigated = page.waitForEvent('framenavigated', frame => frame.url().startsWith(url))
  await link.click()
  const frame = await navigated
  await frame.getByText('#20 Delivery 20').waitFor()
  const { startedAt, fromNavigation } = await frame.evaluate(() => new Promise<Times>(resolve => {
    new PerformanceObserver(list => {
      for (const { name, startTime } of list.getEntries()) {
        if (name === 'first-contentful-paint') resolve({ startedAt: performance.timeOrigin, fromNavigation: startTime })
      }
    }).observe({ type: 'paint', buffered: true })
  }))
  const clickedAt = Number(await page.evaluate(() => Reflect.get(window, 'clickedAt')))
  const sizes = await Promise.all(requests.map(async request => await request.sizes()))
  await page.close()
  // What the browser has kept comes without a byte.
  const received = sizes.map(({ responseHeadersSize, responseBodySize }) => responseHeadersSize + responseBodySize)
    .filter(size => size > 0)
  return {
    bytes: received.reduce((sum, size) => sum + size, 0),
    requests: received.length,
    fromClick: startedAt + fromNavigation - clickedAt,
    fromNavigation
  }
}

const folder = mkdtempSync(join(tmpdir(), 'fastify-bitrix24-bench-page-'))
cpSync(join(root, 'scripts/bench-page'), folder, { recursive: true })
symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
const application = join(folder, 'application')
const command = [join(root, 'dist/src/cli.js'), 'build', '--application', application]
execFileSync(process.execPath, command, { stdio: 'inherit' })

const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu'] })
const url = `http://127.0.0.1:${await freePort()}`
const bitrix24 = await sandbox({ appUrl: url })
const service = spawn(process.execPath, [join(root, 'dist/src/server.js')], {
  stdio: ['ignore', 'ignore', 'inherit'],
  env: { ...process.env, ...bitrix24.env, NODE_ENV: 'production', APPLICATION: application, LOG_LEVEL: 'error' }
})
try {
  while (!await fetch(`${url}/health`).then(answer => answer.ok, () => false)) {
    if (service.exitCode !== null) throw new Error('The service has not started')
    await wait(20)
  }
  await bitrix24.install()
  const table: object[] = []
  for (const name of pages) {
    const path = `/marketplace/view/${bitrix24.appCode}/?params[screen]=${name}`
    const cold: Opening[] = []
    const warm: Opening[] = []
    for (let round = 0; round < rounds; round++) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
      cold.push(await open(context, bitrix24.url, path))
      warm.push(await open(context, bitrix24.url, path))
      await context.close()
    }
    for (const [state, openings] of [['cold', cold], ['warm', warm]] as const) {
      const of = (key: keyof Opening) => Math.round(median(openings.map(opening => opening[key])))
      table.push({
        page: name,
        cache: state,
        bytes: of('bytes'),
        requests: of('requests'),
        'ms from click to text': of('fromClick'),
        "ms from the frame's navigation": of('fromNavigation')
      })
    }
  }
  console.table(table)
} finally {
  await browser.close()
  service.kill()
  await bitrix24.close()
  rmSync(folder, { recursive: true })
}
