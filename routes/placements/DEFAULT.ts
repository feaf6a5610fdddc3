import type { FastifyPluginAsync } from 'fastify'
import { answerHome } from './home/home-page.ts'

/** The application's own page, the home, unless a feature answers in its place. */
const plugin: FastifyPluginAsync = async (fastify) => {
  fastify.placement('DEFAULT', async (request, reply) =>
    await (fastify.placements.features.answer(request, reply) ?? answerHome(fastify, request, reply)))
}
export default plugin
