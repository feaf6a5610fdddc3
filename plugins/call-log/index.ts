import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { inOwnWords } from '../../src/log/logger.ts'

export interface CallLogOptions {
  /** What the line of a request says beside route, status and duration. Must not return a token, a URL or a posted text */
  fields?: (request: FastifyRequest) => Record<string, string | number | undefined>
}

const maxNames = 8

/**
 * One line per call. Fastify's own request log is two lines and holds the URL, so the app turns it off.
 * Routes with a higher `logLevel`, such as health checks, stay silent.
 */
async function callLog (fastify: FastifyInstance, { fields = () => ({}) }: CallLogOptions) {
  const names = new Set([''])
  fastify.addHook('onRoute', ({ url }) => { for (const name of url.split('/')) if (/^[\w.-]+$/.test(name)) names.add(name.toLowerCase()) })
  /** A path as far as it is made of names in our own routes. */
  const masked = (url: string) => url.replace(/[?#].*$/s, '').split('/', maxNames).map(name => names.has(name.toLowerCase()) ? name : '*').join('/')

  fastify.addHook('onResponse', (request, reply, done) => {
    request.log.info(inOwnWords({
      method: request.method,
      route: request.routeOptions.url,
      // What leads nowhere may be a mistake in the application's card.
      path: request.is404 ? masked(request.url) : undefined,
      status: reply.statusCode,
      ...fields(request),
      ms: Math.round(reply.elapsedTime * 10) / 10
    }), 'call')
    done()
  })
}

export default fp(callLog, { fastify: '5.x', name: 'b24-call-log' })
