import type { FastifyRequest } from 'fastify'
import type { Portal, SandboxUser } from '../portal.ts'
import { requestParams } from '../request-params.ts'
import { languages } from './languages.ts'

/** Who looks at a page, and in which language. There is no login: the address says it (`?lang=de&user=2`). */
export interface Viewer {
  user: SandboxUser
  lang: string
  dir: 'ltr' | 'rtl'
  /** Path and query of the page of this portal that led here; undefined without a Referer of this portal. */
  uri: string | undefined
  /** The query of the page without `lang` and `user`, which belong to the sandbox. */
  query: Record<string, unknown>
  /** Address of another page, given by its path, for the same viewer. */
  link (path: string): string
}

function refererUri (portal: Portal, referer: string | undefined): string | undefined {
  const url = referer === undefined ? null : URL.parse(referer)
  return url?.origin === portal.url ? url.pathname + url.search : undefined
}

/** Reads the viewer from the request for a page. */
export function viewerOf (portal: Portal, request: FastifyRequest): Viewer {
  const { lang: wanted, user: userId, ...query } = requestParams(request)
  const { admin, employee } = portal.users
  const user = userId === String(employee.id) ? employee : admin
  const lang = typeof wanted === 'string' && languages.has(wanted) ? wanted : 'en'
  const own = new URLSearchParams({ lang, user: String(user.id) }).toString()
  return {
    user,
    lang,
    dir: lang === 'ar' ? 'rtl' : 'ltr',
    uri: refererUri(portal, request.headers.referer),
    query,
    link: path => `${path}${path.includes('?') ? '&' : '?'}${own}`
  }
}
