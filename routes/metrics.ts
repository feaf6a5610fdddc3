import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { bearerOf } from '../src/http/bearer.ts'
import { MetricsTokenError } from '../src/errors.ts'
import { isSameSecret } from '../src/crypto/same-secret.ts'

/** A counter in the text format of Prometheus. */
function counter (name: string, help: string, label: string, counts: Record<string, number>): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} counter`, ...Object.entries(counts).map(([value, count]) => `${name}{${label}="${value}"} ${count}`)]
}

/** For Prometheus: how refreshes of tokens ended, and with which codes they were refused. Names no portal. Behind METRICS_TOKEN, where it is set. */
const metrics: FastifyPluginAsync = async (fastify) => {
  const { metricsToken } = fastify
  const onRequest = async (request: FastifyRequest) => {
    if (metricsToken !== '' && !isSameSecret(bearerOf(request), metricsToken)) throw new MetricsTokenError()
  }

  fastify.get('/metrics', { logLevel: 'warn', onRequest }, async (_request, reply) => {
    reply.type('text/plain; version=0.0.4; charset=utf-8')
    return [
      ...counter('b24_token_refreshes_total', 'Refreshes of token pairs by how they ended.', 'outcome', fastify.tokens.counts()),
      ...counter('b24_token_refusals_total', 'Refreshes of token pairs that were refused, by code.', 'code', fastify.tokens.refusals()),
      ''
    ].join('\n')
  })
}
export default metrics
