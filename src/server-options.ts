import { randomUUID } from 'node:crypto'
import { LogController, type FastifyServerOptions } from 'fastify'
import type { Config } from './config.ts'
import { refusalOf } from './errors.ts'
import { loggerOptions } from './logger.ts'

/** Options of the Fastify instance that the app is registered in. */
export function serverOptions (config: Config): FastifyServerOptions {
  return {
    logger: loggerOptions(config.logLevel),
    trustProxy: config.trustProxy,
    // Two lines a request, with the URL in them: see plugins/call-log.ts.
    logController: new LogController({ disableRequestLogging: true }),
    // A number counts from one again in every process; support wants to find one call.
    genReqId: () => randomUUID(),
    // The answer to an address that cannot be decoded; Fastify's own repeats it.
    frameworkErrors: (error, request, reply) => {
      const { code, statusCode: status, rung } = refusalOf(error)
      request.log.info({ status, outcome: code, rung }, 'call')
      reply.raw.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
      reply.raw.end(JSON.stringify({ error: code, status, requestId: request.id }))
    },
    // Milliseconds. A call is one small form.
    requestTimeout: 30_000,
    connectionTimeout: 60_000
  }
}
