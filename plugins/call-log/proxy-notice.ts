import type { FastifyInstance } from 'fastify'
import { plainAddress } from '../../src/http/client-address.ts'

/** Warns once of a proxy that TRUST_PROXY does not name: all clients behind it share one limit. */
export function warnOfProxy (fastify: FastifyInstance): void {
  let isDone = false
  fastify.addHook('onRequest', (request, _reply, done) => {
    // Behind a trusted proxy `ips` holds the client's address, too.
    if (!isDone && request.headers['x-forwarded-for'] !== undefined && (request.ips?.length ?? 1) === 1) {
      isDone = true
      const peer = plainAddress(String(request.socket.remoteAddress))
      request.log.warn({ peer }, `ignored X-Forwarded-For from ${peer}, which TRUST_PROXY does not name. ` +
        `If that is the proxy in front of this service, set TRUST_PROXY=${peer}: its clients share one limit now`)
    }
    done()
  })
}
