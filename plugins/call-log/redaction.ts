import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { hideFromLog } from '../../src/log/logger.ts'
import { tokensOf } from '../../src/log/redact.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What JSON holds of a request: neither its address nor its body */
    toJSON: () => { method: string, route: string | undefined }
  }
  interface FastifyReply {
    /** What JSON holds of a reply */
    toJSON: () => { statusCode: number }
  }
}

/** Keeps what a call carries out of the log, whatever a handler logs. */
async function logRedaction (fastify: FastifyInstance) {
  // pino makes JSON of the bindings of a child before any formatter sees them.
  fastify.decorateRequest('toJSON', function (this: FastifyRequest) {
    return { method: this.method, route: this.routeOptions.url }
  })
  fastify.decorateReply('toJSON', function (this: FastifyReply) {
    return { statusCode: this.statusCode }
  })
  fastify.addHook('onRequest', (request, reply, done) => {
    Object.assign(request.raw, { toJSON: () => request.toJSON() })
    Object.assign(reply.raw, { toJSON: () => reply.toJSON() })
    hideFromLog(request.log, () => tokensOf(request))
    done()
  })
}

export default fp(logRedaction, { fastify: '5.x', name: 'b24-log-redaction' })
