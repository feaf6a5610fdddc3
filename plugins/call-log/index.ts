import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { LRUCache } from 'lru-cache'
import { plainAddress } from '../../src/http/client-address.ts'
import { stageOf } from '../../src/http/http-error.ts'
import { requestChannel, type RequestMessage } from '../../src/diagnostics/measurements.ts'
import { selfReportHeader } from '../../src/http/self-report.ts'
import { hideFromLog, inOwnWords, memberHash } from '../../src/log/logger.ts'
import { tokensOf } from '../../src/log/fields.ts'
import { upTo } from '../../src/lru.ts'
import { checkOptions, optional, rule } from '../../src/schemas/plugin-options.ts'
import { createRefusals } from './refusals.ts'

export interface CallLogOptions {
  /** Milliseconds until refused calls without a line of their own are counted in one. Default one minute */
  refusedInterval?: number
  /** Keeps the addresses of requests out of Fastify's own lines. Default true; false where there are none */
  hidesAddresses?: boolean
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answers everybody who asks, without a proof: its calls have only the first lines of a minute, too */
    isForAnybody?: boolean
  }
  interface FastifyRequest {
    /** Whether this call, which will be answered with that status, has lines in the log */
    hasLines?: (status: number) => boolean
  }
}

// Parts of a path
const maxNames = 8

/**
 * Logs one line a call, and keeps what calls carry out of all lines. Of the calls that nothing verifies, only the first
 * ones of a minute have a line; what else was refused is counted in one. Fastify's own two lines say less, so turn them
 * off. Routes with a higher `logLevel`, such as health checks, have no line.
 */
async function callLog (fastify: FastifyInstance, options: CallLogOptions) {
  checkOptions('call-log', options, {
    refusedInterval: optional(rule.aboveZero), hidesAddresses: optional(rule.flag)
  })
  const { refusedInterval = 60_000, hidesAddresses = true } = options
  prepareCalls(fastify)
  warnOfProxy(fastify)

  const refusals = createRefusals({ log: fastify.log, interval: refusedInterval })
  fastify.addHook('onClose', async () => { refusals.end() })
  fastify.decorateRequest('hasLines', function (this: FastifyRequest, status: number): boolean {
    return !isOfAnybody(this, status) || refusals.isLogged(this, this.ip, this.errorCode)
  })

  const names = new Set([''])
  fastify.addHook('onRoute', route => {
    for (const name of route.url.split('/')) if (/^[\w.-]+$/.test(name)) names.add(name.toLowerCase())
    // The addresses of calls have secrets of the portal in them.
    if (hidesAddresses) route.logSerializers = Object.assign(route.logSerializers ?? {}, { req: loggedRequest })
  })
  /** A path, with `*` for what is not a name in our routes. */
  const masked = (url: string) => url.replace(/[?#].*$/s, '').split('/', maxNames)
    .map(name => names.has(name.toLowerCase()) ? name : '*').join('/')

  fastify.addHook('onResponse', (request, reply, done) => {
    if (requestChannel.hasSubscribers) requestChannel.publish({ request, reply } satisfies RequestMessage)
    const { declaredPlacement, errorCode } = request
    // Those that `overload` refuses are silent, and counted there.
    if (request.log.level === 'silent' || request.hasLines?.(reply.statusCode) === false) return done()
    request.log.info(inOwnWords({
      method: request.method,
      route: request.routeOptions.url,
      // An address that does not exist may be a mistake in the application's card.
      path: request.is404 ? masked(request.url) : undefined,
      status: reply.statusCode,
      // Whoever knocks in vain may have to be kept out by a firewall.
      ip: isOfAnybody(request, reply.statusCode) ? plainAddress(request.ip) : undefined,
      placement: declaredPlacement ?? undefined,
      outcome: errorCode ?? 'answered',
      stage: errorCode ? stageOf(errorCode) : undefined,
      member: memberOf(request),
      ms: Math.round(reply.elapsedTime * 10) / 10
    }), 'call')
    done()
  })
}

/** Of whatever a line has as `req`: a request, or what our own logger has left of it. */
function loggedRequest (req: unknown) {
  const { method, route, routeOptions, host, ip }: Partial<FastifyRequest> & { route?: string } = Object(req)
  return { method, route, url: routeOptions?.url, host, remoteAddress: ip }
}

// Of the portals that call most
const hashes = new LRUCache<string, string>({ ...upTo(1000), memoMethod: memberHash })

/** The hash of the portal that a call or an event names. Only proven names are kept. */
function memberOf ({ verifiedCall, body }: Partial<FastifyRequest>): string | undefined {
  if (verifiedCall) return hashes.memo(verifiedCall.memberId)
  const memberId = memberIdOf(body)
  return memberId === undefined ? undefined : memberHash(memberId)
}

/** Whether it is known who calls: a user, the user of a page, or a back-end. */
const isVerified = ({ verifiedCall, pageSession, apiKey }: Partial<FastifyRequest>) =>
  Boolean(verifiedCall ?? pageSession ?? apiKey)

/** Whether anybody can send such calls. A proof that has to wait for an outage is none; other faults are ours. */
const isOfAnybody = (request: FastifyRequest, status: number): boolean => !isVerified(request) &&
  (Boolean(request.errorCode) || request.routeOptions.config.isForAnybody === true) && (status < 500 || status === 503)

/** Keeps what a call carries out of the log, whatever a handler logs, and answers one whose handler never does. */
function prepareCalls (fastify: FastifyInstance): void {
  const ofRequest = ({ method, routeOptions }: FastifyRequest) => ({ method, route: routeOptions.url })
  const ofReply = ({ statusCode }: Pick<FastifyReply, 'statusCode'>) => ({ statusCode })
  const rawRequest = { toJSON (this: IncomingMessage) { return { method: this.method } } }
  const rawReply = { toJSON (this: ServerResponse) { return ofReply(this) } }
  // pino writes the bindings of a child as JSON before any formatter sees them.
  fastify.decorateRequest('toJSON', function (this: FastifyRequest) { return ofRequest(this) })
  fastify.decorateReply('toJSON', function (this: FastifyReply) { return ofReply(this) })
  fastify.addHook('onRequest', (request, reply, done) => {
    // The server would end a connection on which nothing has come for a minute, and leave a frame empty.
    reply.raw.once('timeout', () => {
      if (!request.raw.complete || reply.sent || reply.raw.headersSent) reply.raw.destroy()
      else reply.send(new TypeError('the handler has not answered in time'))
    })
    Object.assign(request.raw, rawRequest)
    Object.assign(reply.raw, rawReply)
    hideFromLog(request.log, () => tokensOf(request))
    done()
  })
}

/** Warns once of a proxy that TRUST_PROXY does not name: all clients behind it share one limit. */
function warnOfProxy (fastify: FastifyInstance): void {
  let isDone = false
  fastify.addHook('onRequest', (request, _reply, done) => {
    // The doctor invents an address, to see what the proxy makes of it.
    const { 'x-forwarded-for': forwarded, [selfReportHeader]: ofDoctor } = request.headers
    // Behind a trusted proxy `ips` holds the client's address, too.
    if (!isDone && forwarded !== undefined && ofDoctor === undefined && (request.ips?.length ?? 1) === 1) {
      isDone = true
      const peer = plainAddress(String(request.socket.remoteAddress))
      request.log.warn({ peer }, `ignored X-Forwarded-For from ${peer}, which TRUST_PROXY does not name. ` +
        `If that is the proxy in front of this service, set TRUST_PROXY=${peer}: its clients share one limit now`)
    }
    done()
  })
}

/** The portal that a call or an event names. */
function memberIdOf (body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const { member_id: id, 'auth[member_id]': ofEvent = id } = body as Record<string, unknown>
  return typeof ofEvent === 'string' ? ofEvent : undefined
}

export default fp(callLog, { fastify: '5.x', name: 'b24-call-log' })
