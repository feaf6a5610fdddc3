import type { FastifyPluginAsync } from 'fastify'
import metricsPlugin from '../plugins/metrics/index.ts'
import { isFree } from '../src/application/guest.ts'

const metrics: FastifyPluginAsync = async (fastify) => {
  // A host may have metrics of its own.
  if (isFree(fastify, '/metrics')) await fastify.register(metricsPlugin, { token: fastify.config.metricsToken })
}
export default metrics
