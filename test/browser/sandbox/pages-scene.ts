import type { FrameLocator, Locator, Page } from 'playwright-core'
import type { Test } from 'tap'
import type { Sandbox } from '../../../sandbox/index.ts'
import { openBrowser } from '../chromium.ts'
import { fakeApplication } from '../../sandbox/fake-application.ts'
import type { Received } from '../../sandbox/fake-application.ts'
import { resultOf, sandboxFor } from '../../sandbox/helper.ts'

export const browser = await openBrowser()

interface Scene { page: Page, sandbox: Sandbox, received: Received[] }

/** A portal, an application and a browser page that must stay free of errors. */
export async function scene (t: Test, installed = true): Promise<Scene> {
  const { url, received } = await fakeApplication(t)
  const sandbox = await sandboxFor(t, { appUrl: url })
  const { alpha } = sandbox.portals
  for (const PLACEMENT of ['REST_APP_URI', 'BI_ANALYTICS_MENU']) {
    await resultOf(alpha, 'placement.bind', { PLACEMENT, HANDLER: `${url}/placement` })
  }
  await resultOf(alpha, 'event.bind', { event: 'ONAPPINSTALL', handler: `${url}/events` })
  alpha.installed = installed
  const page = await browser.newPage()
  t.after(() => page.close())
  page.on('pageerror', error => t.fail(error.message))
  return { page, sandbox, received }
}

export const inPage = (page: Page): FrameLocator => page.frameLocator('main .app-layout iframe')
export const inSlider = (page: Page): FrameLocator => page.frameLocator('.slider-frame').frameLocator('iframe')

/** The initialised page of the application. */
export async function ready (frame: FrameLocator): Promise<Locator> {
  await frame.locator('#ready').waitFor()
  return frame.locator('body')
}

// The part of the SDK's frame that the tests use inside the page.
interface Frame {
  getLang (): string
  isInstallMode: boolean
  installFinish (): Promise<unknown>
  actions: { v2: { call: { make (call: object): Promise<{ getData (): { result: unknown } }> } } }
  auth: { refreshAuth (): Promise<{ access_token: string }>, isAdmin: boolean }
  placement: { title: string, options: Record<string, unknown>, getInterface (): Promise<unknown> }
  options: { userSet (name: string, value: string): Promise<void>, appSet (name: string, value: string): Promise<void> }
  parent: {
    closeApplication (): Promise<unknown>
    resizeWindow (width: number, height: number): Promise<unknown>
    fitWindow (): Promise<unknown>
    setTitle (title: string): Promise<unknown>
    scrollParentWindow (scroll: number): Promise<unknown>
    reloadWindow (): Promise<unknown>
    message: { send (command: string, params: object): Promise<unknown> }
  }
}
declare global { interface Window { b24: Frame } }
