import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { LRUCache } from 'lru-cache'
import { PolicyError } from '../../src/errors.ts'
import { isPrivateHost, postedFrame } from '../../src/http/frame.ts'
import { upTo } from '../../src/lru.ts'
import { hasMethod, optionsOf } from '../../src/schemas/plugin-options.ts'
import { createOtherHosts, type FramedCall, type OtherHostsOptions } from './other-hosts.ts'
import { checkSources, type Directive, type Sources } from './widen.ts'

/** Sources of one answer by directive. */
export type PageSources = { readonly [Name in Directive | 'worker-src']?: readonly string[] }

export interface FrameAncestorsOptions {
  /** Lets portals frame our pages at other hosts of theirs, too. Default: only at the one of the proof */
  otherHosts?: Omit<OtherHostsOptions, 'log'>
}

declare module 'fastify' {
  interface FastifyInstance {
    frameAncestors: {
      /** Sets `request.frameAncestors` for a verified call */
      allow: (request: FastifyRequest, call: FramedCall) => Promise<void>
      /** Remembers where a call was made as a host of the portal. Only for calls of an administrator */
      remember: (request: FastifyRequest, call: FramedCall) => Promise<void>
      /**
       * Lets all pages load more than our own files: once, before the service has started.
       *
       * @throws PolicyError
       */
      widen: (sources: Sources) => void
    }
  }
  interface FastifyRequest {
    /** The portal's own origin and, as the last, the one where the call was made, if that is another host of it */
    frameAncestors: readonly string[] | null
    /** Whether portals open this address: until the call is verified, the posted portal may frame the answer */
    isOpenedByPortal: boolean
    /** What the answer may load besides, such as what has its nonce; null: nothing */
    pageSources: PageSources | null
    /** Origins of other servers whose pages the answer may frame; null: none */
    frameSources: readonly string[] | null
  }
}

/** Who may frame the answer, and be talked to by its page: the verified portal, else the posted one. */
function ancestorsOf (request: FastifyRequest): readonly string[] {
  const { frameAncestors, verifiedCall, isOpenedByPortal } = request
  if (frameAncestors !== null) return frameAncestors
  const origin = verifiedCall?.origin ?? (isOpenedByPortal ? postedFrame(request).origin : null)
  return origin === null ? [] : [origin]
}

/** The posted origin, if it is another than the portal's own. */
function otherHost (request: FastifyRequest, { origin: own }: FramedCall): string | undefined {
  const { origin } = postedFrame(request)
  return origin === null || origin === own ? undefined : origin
}

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

function policy (ancestors: readonly string[], framed: readonly string[], own: PageSources, widened: Sources): string {
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

/**
 * Headers of every page: only the portal of the call may frame it, and it loads nothing but our own files, unless the
 * application says so.
 * X-Frame-Options is never sent: it has no list of origins, and would leave an empty area in place of the widget.
 * Source: Bitrix24 REST docs, local-integrations/site-does-not-allow-connection.md.
 */
async function frameAncestors (fastify: FastifyInstance, { otherHosts }: FrameAncestorsOptions) {
  const hasParts = otherHosts === undefined ||
    (hasMethod(otherHosts.store, 'rememberHost') && typeof otherHosts.isAdmin === 'function')
  optionsOf<FrameAncestorsOptions>('frame-ancestors')(hasParts, 'otherHosts', 'hold a store and the function isAdmin')
  let widened: Sources | undefined
  let isStarted = false
  fastify.addHook('onReady', async () => { isStarted = true })
  const hosts = otherHosts && createOtherHosts({ ...otherHosts, log: fastify.log })

  // Nearly all pages of a portal have the same.
  const usual = new LRUCache<string, string>(upTo(1000))
  function usualPolicy (ancestors: readonly string[]): string {
    const key = ancestors.join(' ')
    const known = usual.get(key)
    if (known !== undefined) return known
    const value = policy(ancestors, [], {}, widened ?? {})
    usual.set(key, value)
    return value
  }

  fastify.decorateRequest('frameAncestors', null)
  fastify.decorateRequest('isOpenedByPortal', false)
  fastify.decorateRequest('frameSources', null)
  fastify.decorateRequest('pageSources', null)
  fastify.decorate('frameAncestors', {
    async allow (request, call) {
      const host = otherHost(request, call)
      const isKnown = host !== undefined && await hosts?.includes(request, call, host) === true
      request.frameAncestors = isKnown ? [call.origin, host] : [call.origin]
    },
    async remember (request, call) {
      const host = otherHost(request, call)
      if (host !== undefined) await hosts?.keep(request, call, host)
    },
    widen (sources) {
      if (isStarted) throw new PolicyError('the service has started')
      // One call, so that all sources stand in one place.
      if (widened !== undefined) throw new PolicyError('it was called before; name all sources in one call')
      checkSources(sources)
      widened = structuredClone(sources)
    }
  })

  // The host may have set one for its own pages; of ours, only assets have one.
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.removeHeader('cache-control')
    done()
  })
  fastify.addHook('onSend', (request, reply, payload, done) => {
    reply.header('x-content-type-options', 'nosniff').header('referrer-policy', 'no-referrer')
    reply.removeHeader('x-frame-options').raw.removeHeader('x-frame-options')
    const isPage = String(reply.getHeader('content-type')).startsWith('text/html')
    if (isPage || !reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
    if (isPage) {
      const { frameSources, pageSources } = request
      const ancestors = ancestorsOf(request)
      const value = frameSources === null && pageSources === null
        ? usualPolicy(ancestors)
        : policy(ancestors, frameSources ?? [], pageSources ?? {}, widened ?? {})
      reply.header('content-security-policy', value)
    }
    done()
  })
}

export default fp(frameAncestors, { fastify: '5.x', name: 'b24-frame-ancestors' })
