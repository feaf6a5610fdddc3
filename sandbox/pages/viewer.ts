import type { FastifyRequest } from 'fastify'
import type { Portal, SandboxUser } from '../portal.ts'
import { requestParams, urlOf } from '../request-params.ts'
import { languages } from './languages.ts'

/** How old the portal is that builds the calls. */
type Generation = 'A' | 'B' | 'C'

/** Who looks at a page, and in which language. There is no login: the address says it (`?lang=de&user=2`). */
export interface Viewer {
  user: SandboxUser
  lang: string
  generation: Generation
  /** host:port of the address in the browser. */
  domain: string
  dir: 'ltr' | 'rtl'
  /** Path and query of the page of this portal that led here; undefined without a Referer of this portal. */
  uri: string | undefined
  /** The query of the page without `lang`, `user` and `generation`, which belong to the sandbox. */
  query: Record<string, unknown>
  /** Path and query of the page without what belongs to the sandbox. */
  page: string
  /** The query of that page: each name and value, also those of one name. */
  fields: Array<[name: string, value: string]>
  /** Whether the installation of the application has just ended. */
  hasInstalled: boolean
  /** Address of another page, given by its path, for the same viewer. */
  link (path: string): string
}

function refererUri (portal: Portal, referer: string | undefined): string | undefined {
  const url = referer === undefined ? null : URL.parse(referer)
  return url?.host === portal.domain || url?.host === portal.cloudDomain ? url.pathname + url.search : undefined
}

function pageOf (request: FastifyRequest): Pick<Viewer, 'page' | 'fields'> {
  const url = urlOf(request)
  for (const name of ['lang', 'user', 'generation', 'install_finished']) url.searchParams.delete(name)
  return { page: url.pathname + url.search, fields: [...url.searchParams] }
}

/** Reads the viewer from the request for a page. */
export function viewerOf (portal: Portal, request: FastifyRequest): Viewer {
  const uri = refererUri(portal, request.headers.referer)
  // A link that is clicked before the page's script runs names none of the three.
  const last = new URLSearchParams(uri?.split('?')[1])
  const {
    lang: wanted = last.get('lang'), user: userId = last.get('user'), generation: age = last.get('generation'), ...query
  } = requestParams(request)
  const user = portal.user(Number(userId)) ?? portal.users.admin
  const lang = typeof wanted === 'string' && languages.has(wanted) ? wanted : 'en'
  const generation = age === 'A' || age === 'B' ? age : 'C'
  const own = new URLSearchParams({ lang, user: String(user.id), ...(generation !== 'C' && { generation }) }).toString()
  return {
    user,
    lang,
    generation,
    domain: request.host,
    dir: lang === 'ar' ? 'rtl' : 'ltr',
    uri,
    query,
    ...pageOf(request),
    hasInstalled: query.install_finished === 'Y' && portal.installed,
    link: path => `${path}${path.includes('?') ? '&' : '?'}${own}`
  }
}
