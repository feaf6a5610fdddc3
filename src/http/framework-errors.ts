import type { IncomingMessage } from 'node:http'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { toHttpError } from './http-error.ts'

const refused = new WeakMap<IncomingMessage, FastifyError>()

/** What Fastify refused this request with before it looked for a route. */
export const frameworkErrorOf = (raw: IncomingMessage): FastifyError | undefined => refused.get(raw)

/**
 * Option `frameworkErrors`: an address that cannot be decoded, or has too long a part. Fastify's own answer repeats it.
 * Its reply knows neither our hooks nor our pages, so the request goes through Fastify once more, at an address that can be
 * read and with the same query: there plugins/error-pages ends it, like any other, with a page that the portal can frame.
 */
export function frameworkErrors (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const { raw, server } = request
  const { code, statusCode: status } = toHttpError(error)
  if (status < 500 && server.hasDecorator('refuse')) {
    refused.set(raw, error)
    raw.url = `/%25${/\?.*$/s.exec(String(raw.url))?.[0] ?? ''}`
    return server.routing(raw, reply.raw)
  }
  request.log.info({ status, outcome: code }, 'call')
  reply.raw.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer'
  })
  reply.raw.end(JSON.stringify({ error: code, status, requestId: request.id }))
}
