import type { FrameLocator, Locator, Page, Request } from 'playwright-core'
import type { Test } from 'tap'
import type { Sandbox } from '../../../sandbox/index.ts'
import { catalogue } from '../../../sandbox/placement-catalogue.ts'
import { fakeApplication } from '../../sandbox/fake-application.ts'
import type { Received } from '../../sandbox/fake-application.ts'
import { until } from '../../until.ts'
import { sandboxFor } from '../../sandbox/helper.ts'

/** Runs before the scripts of the portal: a frame titled USERFIELD_TYPE and the like becomes one of that placement. */
function renamePlacement (): void {
  document.addEventListener('readystatechange', () => {
    const layout = document.querySelector<HTMLElement>('[data-frame]')
    const title = layout?.querySelector('iframe')?.title
    if (!layout || !title?.includes('_')) return
    layout.dataset.frame = layout.dataset.frame?.replaceAll('CRM_DEAL_LIST_TOOLBAR', title)
  })
}

/** What the scripts of a page wait for. */
const inFlight = new WeakMap<Page, Set<Request>>()

export interface Scene {
  page: Page
  sandbox: Sandbox
  received: Received[]
  /** Binds a handler of the application; opens it in its slider with these options, gives its frame. */
  openPlacement (placement: string, path?: string, options?: object): Promise<FrameLocator>
}

/** A portal with an application installed on it, and a browser page that must stay free of errors. */
export async function scene (t: Test, browser: { newPage (): Promise<Page> }): Promise<Scene> {
  const { url, received } = await fakeApplication(t)
  const sandbox = await sandboxFor(t, { appUrl: url })
  const { alpha } = sandbox.portals
  alpha.installed = true
  const page = await browser.newPage()
  t.after(() => page.close())
  await page.addInitScript(renamePlacement)
  page.on('pageerror', error => t.fail(error.message))
  const asked = new Set<Request>()
  inFlight.set(page, asked)
  page.on('request', request => { if (request.resourceType() === 'fetch') asked.add(request) })
  page.on('requestfinished', request => asked.delete(request))
  page.on('requestfailed', request => asked.delete(request))
  return {
    page,
    sandbox,
    received,
    async openPlacement (placement, path = '/placement', options) {
      const id = alpha.placements.length + 1
      // What other methods than placement.bind register is shown in the frame of a placement that it knows.
      const shown = catalogue.has(placement) ? placement : 'CRM_DEAL_LIST_TOOLBAR'
      const title = shown === placement ? 'Widget' : placement
      const handler = url + path
      alpha.placements.push({
        id, placement: shown, userId: 0, handler, options: {}, title, description: '', langAll: {}
      })
      const query = options ? `?options=${encodeURIComponent(JSON.stringify(options))}` : ''
      await page.goto(`${alpha.url}/marketplace/placement/${id}/${query}`)
      return appIn(page)
    }
  }
}

/** The frame of the application in the slider at `depth`, 0 being the lowest. */
export const appIn = (page: Page, depth = 0): FrameLocator =>
  page.locator('.slider').nth(depth).frameLocator('.slider-frame').frameLocator('.app-layout iframe')

/** The portal's page in the slider at `depth`. */
export const sliderPage = (page: Page, depth = 0): FrameLocator =>
  page.locator('.slider').nth(depth).frameLocator('.slider-frame')

/** The initialised page of the application. */
export async function ready (frame: FrameLocator): Promise<Locator> {
  await frame.locator('#ready').waitFor()
  return frame.locator('body')
}

/**
 * Posts a message from a page without the SDK to the portal; a text still lacks its APP_SID.
 *
 * @returns All answers since the last time.
 */
export async function say (app: Locator, message: string | Record<string, unknown>): Promise<unknown[]> {
  await app.evaluate((_body, message) => Reflect.get(window, 'say')(message), message)
  return await heard(app)
}

/** All answers since the last time, as they came, once the portal is done with what it was told before. */
export async function heard (app: Locator): Promise<unknown[]> {
  const asked = inFlight.get(app.page())
  do {
    await until(() => asked?.size === 0)
    await echo(app)
  } while (asked?.size !== 0)
  return await app.evaluate(() => {
    const replies: unknown[] = Reflect.get(window, 'replies').splice(0)
    return replies.filter(reply => !String(reply).startsWith('echo:'))
  })
}

/** A message comes after all that were posted before, and so does its answer. */
async function echo (app: Locator): Promise<void> {
  await app.evaluate(() => new Promise<void>(resolve => {
    const listen = ({ data }: MessageEvent) => {
      if (!String(data).startsWith('echo:')) return
      window.removeEventListener('message', listen)
      resolve()
    }
    window.addEventListener('message', listen)
    Reflect.get(window, 'say')('getInterface:echo')
  }))
}

/** What the portal has answered so far: undefined as long as that is nothing; `given` waits for it. */
interface Answer {
  (): Promise<unknown>
  given: () => Promise<unknown>
}

/** Calls `dialog.selectUser` and the like of the SDK. */
export async function ask (app: Locator, path: string, ...args: unknown[]): Promise<Answer> {
  await app.evaluate((_body, { path, args }) => {
    Reflect.deleteProperty(window, 'outcome')
    const [manager = '', method = ''] = path.split('.')
    const owner = Reflect.get(Reflect.get(window, 'b24'), manager)
    Promise.resolve(owner[method](...args)).then(outcome => Object.assign(window, { outcome }))
  }, { path, args })
  const answer = () => app.evaluate(async () => {
    // Answered after all that the portal was told before.
    await Reflect.get(window, 'b24').parent.message.send('getInterface', {})
    return Reflect.get(window, 'outcome')
  })
  const given = async () => {
    await until(async () => await answer() !== undefined)
    return await answer()
  }
  return Object.assign(answer, { given })
}
