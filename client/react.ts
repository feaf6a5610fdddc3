import { createContext, useContext, useMemo } from 'react'
import { api, b24, bootstrap, frame, type Page } from './index.ts'

const PageContext = createContext<Page | undefined>(undefined)

/** Where the page is rendered by the server: `<Bitrix24Provider value={page}>`, with what `render` is given. */
export const Bitrix24Provider = PageContext.Provider

/** What the service tells the page, and the ways to the service and the portal. */
export function useBitrix24<T> () {
  const page = useContext(PageContext)
  return useMemo(() => {
    const known = (page ?? bootstrap()) as Page<T> // the handler has given its page this type
    return { ...known, api, frame, b24 }
  }, [page])
}
