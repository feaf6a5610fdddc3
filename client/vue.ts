import { hasInjectionContext, inject, type InjectionKey, type Plugin } from 'vue'
import { api, b24, bootstrap, frame, type Page } from './index.ts'

const key: InjectionKey<Page> = Symbol('bitrix24')

/** Where the page is rendered by the server: `app.use(bitrix24, page)`, with what `render` is given. */
export const bitrix24: Plugin<[page: Page]> = {
  install (app, page) { app.provide(key, page) }
}

/** What the service tells the page, and the ways to the service and the portal. */
export function useBitrix24<T> () {
  const page = hasInjectionContext() ? inject(key, undefined) : undefined
  return { ...(page ?? bootstrap()) as Page<T>, api, frame, b24 } // the handler has given its page this type
}
