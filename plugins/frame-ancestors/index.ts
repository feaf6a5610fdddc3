import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { LRUCache } from 'lru-cache'
import { PolicyError } from '../../src/errors.ts'
import { postedFrame } from '../../src/http/frame.ts'
import { upTo } from '../../src/lru.ts'
import { checkOptions, hasMethods, optional } from '../../src/schemas/plugin-options.ts'
import { createOtherHosts, type FramedCall, type OtherHostsOptions } from './other-hosts.ts'
import { policy, type PageSources } from './policy.ts'
import { checkSources, type Sources } from './widen.ts'

export { cspSources, type PageSources } from './policy.ts'

export interface FrameAncestorsOptions {
  /** Lets portals frame our pages at other hosts of theirs, too. Default: only at the one of the proof */
  otherHosts?: Omit<OtherHostsOptions, 'log'>
}

declare module 'fastify' {
  interface FastifyInstance {
    frameAncestors: {
      /** Sets `request.frameAncestors` for a verified call */
      allow: (request: FastifyRequest, call: FramedCall) => Promise<void>
      /** Remembers where a call was made as a host of the portal, and allows it. Only for calls of an administrator */
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
 * Headers of every page: only the portal of the call may frame it, and it loads nothing but our own files, unless the
 * application says so.
 * X-Frame-Options is never sent: it has no list of origins, and would leave an empty area in place of the widget.
 * Source: Bitrix24 REST docs, local-integrations/site-does-not-allow-connection.md.
 */
async function frameAncestors (fastify: FastifyInstance, options: FrameAncestorsOptions) {
  const hasParts = (value: unknown) =>
    hasMethods(value, 'isAdmin') && hasMethods(Reflect.get(Object(value), 'store'), 'get', 'rememberHost')
  checkOptions('frame-ancestors', options, {
    otherHosts: optional([hasParts, 'hold a store and the function isAdmin'])
  })
  const { otherHosts } = options
  let widened: Sources | undefined
  let isStarted = false
  fastify.addHook('onReady', async () => { isStarted = true })
  const hosts = otherHosts && createOtherHosts({ ...otherHosts, log: fastify.log })

  // Nearly all pages of a portal have the same.
  const usual = new LRUCache<string, string>(upTo(1000))
  function policyOf (request: FastifyRequest): string {
    const { frameSources, pageSources } = request
    const ancestors = ancestorsOf(request)
    if (frameSources !== null || pageSources !== null) {
      return policy(ancestors, frameSources ?? [], pageSources ?? {}, widened ?? {})
    }
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
      if (hosts === undefined || host === undefined) return
      await hosts.remember(request, call, host)
      request.frameAncestors = [call.origin, host]
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
    if (isPage) reply.header('content-security-policy', policyOf(request))
    done()
  })
}

export default fp(frameAncestors, { fastify: '5.x', name: 'b24-frame-ancestors' })
