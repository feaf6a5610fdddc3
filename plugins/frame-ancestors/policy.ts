import { isPrivateHost } from '../../src/http/frame.ts'
import type { Directive, Sources } from './widen.ts'

/** Sources of one answer by directive. */
export type PageSources = { readonly [Name in Directive | 'worker-src']?: readonly string[] }

/**
 * An origin as the sources of a Content-Security-Policy.
 *
 * A policy allows no underscore in a host, and browsers ignore a source that has one: the portal would see an empty
 * area. Only a wildcard for what follows the underscore matches such a host. It lets the host's neighbours frame the
 * page, too: in a private network, or below a domain of at least two labels. They can't read it, nor open it without a
 * token.
 */
export function cspSources (origin: string): string[] {
  const { protocol, hostname, port } = new URL(origin)
  const parent = hostname.replace(/^.*_[^.]*\.?/, '')
  const isWide = !/[^.]\.[^.]/.test(parent) && !isPrivateHost(hostname)
  if (!hostname.includes('_') || parent === '' || isWide) return [origin]
  return [origin, `${protocol}//*.${parent}${port && `:${port}`}`]
}

/** The Content-Security-Policy of a page: who may frame it, and what it loads. */
export function policy (
  ancestors: readonly string[], framed: readonly string[], own: PageSources, widened: Sources
): string {
  const portal = ancestors.flatMap(cspSources)
  const { 'worker-src': workers } = own
  const self = (directive: Directive, sources: readonly string[] = []) => {
    const more = (widened[directive] ?? []).flatMap(source => source === 'portal' ? portal : [source])
    return [directive, "'self'", ...sources, ...own[directive] ?? [], ...more].join(' ')
  }
  return [
    "default-src 'none'", self('script-src'), self('style-src'), self('img-src'), self('font-src'),
    ...('media-src' in widened ? [self('media-src')] : []),
    ...(workers === undefined ? [] : [['worker-src', "'self'", ...workers].join(' ')]),
    self('connect-src', portal),
    self('frame-src', framed),
    "form-action 'self'", "base-uri 'none'",
    // A document of ours is shown in a page of ours, in the portal.
    ['frame-ancestors', ...(portal.length > 0 ? ["'self'", ...portal] : ["'none'"])].join(' ')
  ].join('; ')
}
