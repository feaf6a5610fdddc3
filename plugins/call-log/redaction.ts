import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hideFromLog } from '../../src/log/logger.ts'
import { tokensOf } from '../../src/log/redact.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** For JSON: neither address nor body */
    toJSON: () => { method: string, route: string | undefined }
  }
  interface FastifyReply {
    toJSON: () => { statusCode: number }
  }
}

/** Keeps what a call carries out of the log, whatever a handler logs. */
export function redactCalls (fastify: FastifyInstance): void {
  // pino writes the bindings of a child as JSON before any formatter sees them.
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
