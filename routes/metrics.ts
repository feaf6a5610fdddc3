import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { isFree } from '../src/application/guest.ts'
import { isSameSecret } from '../src/crypto/same-secret.ts'
import { MetricsTokenError } from '../src/errors.ts'
import { bearerOf } from '../src/http/headers.ts'

/** A counter in the text format of Prometheus. */
function counter (name: string, help: string, label: string, counts: Record<string, number>): string[] {
  const lines = Object.entries(counts).map(([value, count]) => `${name}{${label}="${value}"} ${count}`)
  return [`# HELP ${name} ${help}`, `# TYPE ${name} counter`, ...lines]
}

/** For Prometheus: how refreshes of tokens ended, and with which codes they were refused. Names no portal. */
const metrics: FastifyPluginAsync = async (fastify) => {
  const { metricsToken } = fastify.config
  const onRequest = async (request: FastifyRequest) => {
    if (metricsToken !== '' && !isSameSecret(bearerOf(request), metricsToken)) throw new MetricsTokenError()
  }

  // A host may have metrics of its own.
  if (!isFree(fastify, '/metrics')) return
  fastify.get('/metrics', { logLevel: 'warn', onRequest }, async (_request, reply) => {
    const { refreshes, refreshErrors } = fastify.tokens
    reply.type('text/plain; version=0.0.4; charset=utf-8')
    return [
      ...counter('b24_token_refreshes_total', 'Refreshes of token pairs, by outcome.', 'outcome', refreshes()),
      ...counter('b24_token_refresh_errors_total', 'Failed refreshes, by code.', 'code', refreshErrors()),
      ''
    ].join('\n')
  })
}
export default metrics
