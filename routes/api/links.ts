import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { LinkWriterError, PortalUnknownError } from '../../src/errors.ts'
import { LinkError } from '../../src/links.ts'
import type { OptionsMismatch } from '../../src/options-schema.ts'
import { LinkRefusalSchema, LinkRequestSchema, LinkSchema } from '../../src/schemas/link.ts'

/** Who may write a link, and for which portal: a page of ours for its own, a back-end with an API key for any. */
const links: FastifyPluginAsyncTypebox = async (fastify) => {
  async function writerOf (request: FastifyRequest, screen: string, wanted: string | undefined): Promise<{ memberId: string, by?: number }> {
    const [, key = ''] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? []
    if (fastify.apiKeys.includes(key)) return { memberId: wanted ?? '' }
    const { memberId, userId } = await fastify.verifyPageSession(request)
    const isOffered = fastify.screens().some(({ name, composer }) => name === screen && composer !== false)
    if (!isOffered || (wanted ?? memberId) !== memberId) throw new LinkWriterError()
    return { memberId, by: userId }
  }

  // What is wrong with a link is told to whoever writes it.
  fastify.setErrorHandler(async (error: Error & Partial<OptionsMismatch> & { code?: string }, request, reply) => {
    if (error.mismatches === undefined && !(error instanceof LinkError)) throw error
    const { code, mismatches = [], message } = error
    return await reply.code(400).send({ error: code, status: 400, requestId: request.id, message, fields: mismatches })
  })

  fastify.post('/api/links', {
    schema: {
      tags: ['links'],
      summary: 'Writes a link to a screen',
      security: [{ session: [] }, { apiKey: [] }],
      body: LinkRequestSchema,
      response: { 200: LinkSchema, 400: LinkRefusalSchema }
    }
  }, async (request) => {
    const { screen, params, portal } = request.body
    const { memberId, ...by } = await writerOf(request, screen, portal)
    const installation = await fastify.installations.find(memberId)
    if (installation === undefined || installation.uninstalledAt !== null) throw new PortalUnknownError()
    return fastify.writeScreenLink(screen, params, { portal: { memberId, endpoint: installation.clientEndpoint }, ...by })
  })
}
export default links
