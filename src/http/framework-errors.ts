import type { IncomingMessage } from 'node:http'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { toHttpError } from './http-error.ts'

const failed = new WeakMap<IncomingMessage, FastifyError>()

/** Where such a request goes: a route of plugins/error-pages. */
export const unreadableAddress = '/unreadable-address'

/** The error with which Fastify refused a request before it looked for a route. */
export const frameworkErrorOf = (raw: IncomingMessage): FastifyError | undefined => failed.get(raw)

/**
 * Fastify's option `frameworkErrors`, for addresses that cannot be decoded or have too long a part. Fastify's own
 * answer repeats the address, and its reply knows neither our hooks nor our pages. So the request goes through Fastify
 * again, at an address of its own with the same query, where plugins/error-pages answers it like any other.
 */
export function frameworkErrors (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const { raw, server } = request
  const { code, statusCode: status } = toHttpError(error)
  if (status < 500 && server.hasRoute({ method: 'GET', url: unreadableAddress })) {
    failed.set(raw, error)
    raw.url = `${unreadableAddress}${/\?.*$/s.exec(String(raw.url))?.[0] ?? ''}`
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
