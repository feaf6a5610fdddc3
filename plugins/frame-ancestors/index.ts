import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { cspSources } from '../../src/http/frame.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Origin of the portal that may frame the answer and that the page may talk to; null: nobody */
    frameAncestor: string | null
    /** A second origin of that portal, which may do the same; null: none. See plugins/portal-hosts.ts */
    otherFrameAncestor: string | null
    /** Origins of other servers whose pages the answer may frame; null: none */
    frameSources: readonly string[] | null
  }
}

function policy (origins: readonly string[], framed: readonly string[]): string {
  const portal = origins.flatMap(cspSources)
  return [
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "font-src 'self'",
    ['connect-src', "'self'", ...portal].join(' '), ['frame-src', "'self'", ...framed].join(' '), "form-action 'self'", "base-uri 'none'",
    // A document of ours stands in a page of ours, in the portal.
    ['frame-ancestors', ...(portal.length > 0 ? ["'self'", ...portal] : ["'none'"])].join(' ')
  ].join('; ')
}

/**
 * Headers of every page: only the portal of the call may frame it, and nothing may run in it but our own files.
 * X-Frame-Options is never sent: it knows no list of origins, and leaves an empty area where the widget should be.
 * Source: Bitrix24 REST docs, local-integrations/site-does-not-allow-connection.md.
 */
async function frameAncestors (fastify: FastifyInstance) {
  fastify.decorateRequest('frameAncestor', null)
  fastify.decorateRequest('otherFrameAncestor', null)
  fastify.decorateRequest('frameSources', null)
  fastify.addHook('onSend', (request, reply, payload, done) => {
    reply.header('x-content-type-options', 'nosniff').header('referrer-policy', 'no-referrer')
    // Assets say themselves how long they keep.
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
    if (String(reply.getHeader('content-type')).startsWith('text/html')) {
      const { frameAncestor, otherFrameAncestor, frameSources } = request
      const origins = [frameAncestor, otherFrameAncestor].filter(origin => origin !== null)
      reply.header('content-security-policy', policy(origins, frameSources ?? []))
    }
    done()
  })
}

export default fp(frameAncestors, { fastify: '5.x', name: 'b24-frame-ancestors' })
