import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { isSameSecret } from '../../src/crypto/same-secret.ts'
import { MetricsTokenError } from '../../src/errors.ts'
import { bearerOf } from '../../src/http/headers.ts'
import { requestChannel, type RequestMessage } from '../../src/diagnostics/measurements.ts'
import { checkOptions, optional, rule } from '../../src/schemas/plugin-options.ts'

export interface MetricsOptions {
  /** What has to be sent as `Authorization: Bearer`; '': nothing. Default '' */
  token?: string
  /** Default `/metrics` */
  path?: string
}

/** Everything is loaded, and counted, from the first reading on: Prometheus cannot see a rate before it either. */
async function start (fastify: FastifyInstance) {
  const { processMetrics, startServiceMetrics } = await import('./service-metrics.ts')
  const { registry, stop } = startServiceMetrics(fastify)
  return {
    stop,
    contentType: registry.contentType,
    text: async () => (await Promise.all([registry.metrics(), processMetrics.metrics()])).join('\n')
  }
}

/** For Prometheus: what the service does, how long it takes and how it fails. No label names a portal or a user. */
async function metrics (fastify: FastifyInstance, options: MetricsOptions) {
  checkOptions('metrics', options, {
    token: optional([value => typeof value === 'string', 'be a text']), path: optional(rule.slashPath)
  })
  const { token = '', path = '/metrics' } = options
  const onRequest = async (request: FastifyRequest) => {
    if (token !== '' && !isSameSecret(bearerOf(request), token)) throw new MetricsTokenError()
  }

  // In the service, the log tells of the requests.
  if (!fastify.hasPlugin('b24-call-log')) {
    fastify.addHook('onResponse', (request, reply, done) => {
      requestChannel.publish({ request, reply } satisfies RequestMessage)
      done()
    })
  }

  let started: ReturnType<typeof start> | undefined
  const startOnce = () => {
    started ??= start(fastify).catch(error => {
      // The next reading tries again.
      started = undefined
      throw error
    })
    return started
  }
  fastify.addHook('onClose', async () => { (await started)?.stop() })
  fastify.get(path, { logLevel: 'warn', onRequest }, async (_request, reply) => {
    const { contentType, text } = await startOnce()
    reply.type(contentType)
    return await text()
  })
}

export default fp(metrics, { fastify: '5.x', name: 'b24-metrics' })
