import type { Locator } from 'playwright-core'

// The part of the SDK's frame that the tests use inside the page.
interface Frame {
  slider: {
    openSliderAppPage (params: object): Promise<unknown>
    closeSliderAppPage (): Promise<unknown>
    openPath (url: string, width?: number): Promise<unknown>
    getUrl (path: string): URL
  }
  parent: {
    resizeWindow (width: number, height: number): Promise<unknown>,
    message: { send (command: string, params: object): Promise<unknown> }
  }
}
declare global { interface Window { frameApi: Frame, answer: unknown } }

export const widthOf = async (slider: Locator): Promise<number> =>
  Math.round(await slider.evaluate(dialog => dialog.getBoundingClientRect().width))
// The SDK stands in window.b24; other tests declare other parts of it.
export const NAME_API = () => { Object.defineProperty(window, 'frameApi', { get: () => Reflect.get(window, 'b24') }) }
