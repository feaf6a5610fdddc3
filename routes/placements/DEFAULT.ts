import type { FastifyPluginAsync } from 'fastify'
import { homePage } from './home/home-page.ts'

/** The application's own page, the home: what the service knows of the portal, and what its features add. */
const plugin: FastifyPluginAsync = async (fastify) => {
  const { features } = fastify.placements
  fastify.placement('DEFAULT', async (request, reply) => {
    const answer = features.answer(request, reply)
    if (answer !== undefined) return await answer
    const [{ title, ...home }, sections] = await Promise.all([
      homePage(fastify, request), features.homeSections(request)
    ])
    return await reply.page('home', { ...home, sections }, { title })
  })
}
export default plugin
