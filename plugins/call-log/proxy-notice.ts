import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { plainAddress } from '../../src/http/client-address.ts'

/** Says one time that a proxy seems to be in front which TRUST_PROXY does not name: all its callers share one limit. */
async function proxyNotice (fastify: FastifyInstance) {
  let isSaid = false
  fastify.addHook('onRequest', (request, _reply, done) => {
    // With a trusted peer there is one address more: whom the peer speaks for.
    if (!isSaid && request.headers['x-forwarded-for'] !== undefined && (request.ips?.length ?? 1) === 1) {
      isSaid = true
      const peer = plainAddress(String(request.socket.remoteAddress))
      request.log.warn({ peer }, `X-Forwarded-For came from ${peer}, which TRUST_PROXY does not name, so it is not believed. ` +
        `If that is the proxy in front of this service, set TRUST_PROXY=${peer}: until then all who come through it share one limit`)
    }
    done()
  })
}

export default fp(proxyNotice, { fastify: '5.x', name: 'b24-proxy-notice' })
