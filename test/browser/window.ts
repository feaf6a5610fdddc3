import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core'
import type { Test } from 'tap'
import type { Service } from '../service.ts'

// Set SCREENSHOTS to a folder to look at what the tests saw.
const screenshots = process.env['SCREENSHOTS']
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** A window of its own, with what a browser complains about in it and whom it asks. */
export interface Window {
  page: Page
  context: BrowserContext
  complaints: string[]
  /** host:port of every request */
  hosts: Set<string>
}

/** Opens a window that is closed with the test. */
export async function openWindow (t: Test, browser: Browser, address: string, width = 1280): Promise<Window> {
  // A slider that moves in would move what is clicked.
  const context = await browser.newContext({ viewport: { width, height: 800 }, reducedMotion: 'reduce' })
  t.after(() => context.close())
  const page = await context.newPage()
  // Patient, as the machine may be busy.
  page.setDefaultTimeout(60_000)
  const complaints: string[] = []
  const hosts = new Set<string>()
  page.on('console', message => { if (message.type() === 'error') complaints.push(message.text()) })
  page.on('pageerror', error => complaints.push(error.message))
  page.on('request', request => { if (request.url().startsWith('http')) hosts.add(new URL(request.url()).host) })
  await page.addInitScript(() => {
    // Less than this is a parser that has rested between a tag and its text.
    const least = 0.001
    const observer = new PerformanceObserver(list => {
      const shifts = list.getEntries().filter(entry => 'value' in entry && Number(entry.value) >= least)
      for (const shift of shifts) document.documentElement.dataset['shift'] = JSON.stringify(shift)
    })
    observer.observe({ type: 'layout-shift', buffered: true })
    // What users do may move something, also when its answer comes late.
    for (const type of ['pointerdown', 'keydown', 'input']) {
      window.addEventListener(type, () => observer.disconnect(), { capture: true, once: true })
    }
  })
  await page.goto(address)
  return { page, context, complaints, hosts }
}

/** The page of the service, once all of it is there, in a frame of another site than the portal around it. */
export async function frameOf (page: Page, { url }: Pick<Service, 'url'>): Promise<Frame> {
  const isOurs = (frame: Frame): boolean => frame.url().startsWith(url)
  const frame = page.frames().find(isOurs) ?? await page.waitForEvent('framenavigated', isOurs)
  await frame.waitForLoadState('domcontentloaded')
  await frame.locator('h1').waitFor()
  return frame
}

// Of all that axe finds, a fraction is needed here, and handing over the rest takes longer than finding it.
const violations = `axe.run({ iframes: false, resultTypes: ['violations'] })
  .then(({ violations }) => violations.map(({ id, nodes: [first] }) => id + ': ' + first.html))`

/** What makes a page hard to use: violations that axe finds, and faults of its layout. */
export async function faults (frame: Frame): Promise<string[]> {
  // axe puts itself into the page as a global.
  if (!await frame.evaluate(() => 'axe' in window)) await frame.evaluate(axe)
  return [...await frame.evaluate<string[]>(violations), ...await layoutFaults(frame)]
}

/** Text wider than the window, and in a frame what has moved. */
export async function layoutFaults (frame: Frame): Promise<string[]> {
  const wide = await frame.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)
  const shift = frame.parentFrame() && await frame.evaluate(() => document.documentElement.dataset['shift'])
  return [
    ...(wide ? ['wider than its window'] : []),
    ...(shift ? [`moves: ${shift}`] : [])
  ]
}

/** The first link on the page that opens a slider. */
export const sliderLinkOn = (page: Page) => page.locator('main a[href*="/marketplace/view/"]').first()

/** Keeps a picture of the window for whoever wants to look. */
export async function look (page: Page, name: string): Promise<void> {
  if (screenshots === undefined) return
  mkdirSync(screenshots, { recursive: true })
  await page.screenshot({ path: `${screenshots}/${name}.png` })
}
