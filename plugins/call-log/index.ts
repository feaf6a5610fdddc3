import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { stageOf } from '../../src/http/http-error.ts'
import { inOwnWords, memberHash } from '../../src/log/logger.ts'
import { warnOfProxy } from './proxy-notice.ts'
import { redactCalls } from './redaction.ts'

export interface CallLogOptions {
  /** What else to say of a call. Must not return a token, an address or posted text */
  fields?: (request: FastifyRequest) => Record<string, string | undefined>
}

// Parts of a path
const maxNames = 8

/**
 * Logs one line a call, and keeps what calls carry out of all lines. Fastify's own request log is two lines and holds
 * the URL, so turn it off. Routes with a higher `logLevel`, such as health checks, have no line.
 */
async function callLog (fastify: FastifyInstance, { fields = () => ({}) }: CallLogOptions) {
  if (typeof fields !== 'function') throw new Error('call-log: options.fields must be a function')
  redactCalls(fastify)
  warnOfProxy(fastify)

  const names = new Set([''])
  fastify.addHook('onRoute', ({ url }) => {
    for (const name of url.split('/')) if (/^[\w.-]+$/.test(name)) names.add(name.toLowerCase())
  })
  /** A path, with `*` for what is no name in a route of ours. */
  const masked = (url: string) => url.replace(/[?#].*$/s, '').split('/', maxNames)
    .map(name => names.has(name.toLowerCase()) ? name : '*').join('/')

  fastify.addHook('onResponse', (request, reply, done) => {
    const { declaredPlacement, errorCode } = request
    const memberId = memberIdOf(request.body)
    request.log.info(inOwnWords({
      method: request.method,
      route: request.routeOptions.url,
      // An address that does not exist may be a mistake in the application's card.
      path: request.is404 ? masked(request.url) : undefined,
      status: reply.statusCode,
      placement: declaredPlacement ?? undefined,
      outcome: errorCode ?? 'answered',
      stage: stageOf(errorCode ?? ''),
      member: memberId === undefined ? undefined : memberHash(memberId),
      ...fields(request),
      ms: Math.round(reply.elapsedTime * 10) / 10
    }), 'call')
    done()
  })
}

/** The portal that a call or an event names. */
function memberIdOf (body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const [, id] = Object.entries(body).find(([name]) => name === 'member_id' || name === 'auth[member_id]') ?? []
  return typeof id === 'string' ? id : undefined
}

export default fp(callLog, { fastify: '5.x', name: 'b24-call-log' })
