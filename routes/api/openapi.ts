import type { FastifyPluginAsync } from 'fastify'

/** What this API offers, for people and for generators of clients. */
const openapi: FastifyPluginAsync = async (fastify) => {
  fastify.get('/openapi.json', async () => fastify.swagger())
}
export default openapi
