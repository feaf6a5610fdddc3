import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { ConnectionError, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { CallMalformedError, MethodError, TooLargeError } from '../errors.ts'
import { requestId } from '../log/logger.ts'
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
  reply.raw.writeHead(status, bareHeaders)
  reply.raw.end(JSON.stringify({ error: code, status, requestId: request.id }))
}

// Of an answer without our hooks
const bareHeaders = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer'
}

// Of what Node.js refuses by itself. All else is no HTTP, or has not come to its end in time.
const refusals = new Map([
  ['HPE_INVALID_METHOD', MethodError],
  ['HPE_HEADER_OVERFLOW', TooLargeError],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', TooLargeError]
])

/** Fastify's option `clientErrorHandler`, for what Node.js cannot read as a request. Fastify's answer has no code. */
export function clientErrors (this: FastifyInstance, { code: reason }: ConnectionError, socket: Socket): void {
  const { code, statusCode } = toHttpError(new (refusals.get(reason) ?? CallMalformedError)())
  const status = reason === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : statusCode
  const id = requestId()
  this.log.trace({ reqId: id, status, outcome: code, reason }, 'no request could be read')
  const body = JSON.stringify({ error: code, status, requestId: id })
  // The address of an unknown method was not read.
  const allow = status === 405 && { allow: 'GET, HEAD, POST' }
  const headers = { ...bareHeaders, ...allow, 'content-length': body.length, connection: 'close' }
  const head = [`HTTP/1.1 ${status} `, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), '', '']
  // A client that has gone gets nothing.
  if (socket.writable) socket.write(head.join('\r\n') + body)
  socket.destroySoon()
}
