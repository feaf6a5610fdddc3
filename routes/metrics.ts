import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { bearerOf } from '../src/http/headers.ts'
import { MetricsTokenError } from '../src/errors.ts'
import { isSameSecret } from '../plugins/auth-token/application-token.ts'

/** A counter in the text format of Prometheus. */
function counter (name: string, help: string, label: string, counts: Record<string, number>): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} counter`, ...Object.entries(counts).map(([value, count]) => `${name}{${label}="${value}"} ${count}`)]
}

/** For Prometheus: how refreshes of tokens ended, and with which codes they were refused. Names no portal. Behind METRICS_TOKEN, where it is set. */
const metrics: FastifyPluginAsync = async (fastify) => {
  const { metricsToken, tokens } = fastify
  const onRequest = async (request: FastifyRequest) => {
    if (metricsToken !== '' && !isSameSecret(bearerOf(request), metricsToken)) throw new MetricsTokenError()
  }

  fastify.get('/metrics', { logLevel: 'warn', onRequest }, async (_request, reply) => {
    reply.type('text/plain; version=0.0.4; charset=utf-8')
    return [
      ...counter('b24_token_refreshes_total', 'Refreshes of token pairs by how they ended.', 'outcome', tokens.refreshes()),
      ...counter('b24_token_refresh_errors_total', 'Refreshes of token pairs that failed, by code.', 'code', tokens.refreshErrors()),
      ''
    ].join('\n')
  })
}
export default metrics
