import type { FastifyPluginAsync } from 'fastify'

/** For Prometheus: how renewals of tokens ended. Names no portal. */
const metrics: FastifyPluginAsync = async (fastify) => {
  fastify.get('/metrics', { logLevel: 'warn' }, async (_request, reply) => {
    const rows = Object.entries(fastify.tokens.counts()).map(([outcome, count]) => `b24_token_renewals_total{outcome="${outcome}"} ${count}`)
    reply.type('text/plain; version=0.0.4; charset=utf-8')
    return ['# HELP b24_token_renewals_total Renewals of token pairs by how they ended.', '# TYPE b24_token_renewals_total counter', ...rows, ''].join('\n')
  })
}
export default metrics
