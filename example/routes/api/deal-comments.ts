import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'

const CommentSchema = Type.Object({
  grant: Type.String({ maxLength: 4096, description: 'What the page of the deal was given' }),
  text: Type.String({ minLength: 1, maxLength: 5000, pattern: '\\S' })
})
const GrantSchema = Type.Object({ dealId: Type.Integer() })

/** Saves a comment of the deal tab in the timeline of its deal, in the name of the user. */
const routes: FastifyPluginAsyncTypebox = async (fastify) => {
  fastify.post('/deal-comments', {
    schema: { body: CommentSchema, response: { 201: Type.Object({ id: Type.Integer() }) } }
  }, async (request, reply) => {
    const { grant, text } = request.body
    const { rest } = await fastify.verifyPageUser(request)
    const { dealId } = await fastify.pageTokens.openGrant(request, grant, GrantSchema)
    const id = await rest.call('crm.timeline.comment.add', {
      fields: { ENTITY_TYPE: 'deal', ENTITY_ID: dealId, COMMENT: text }
    })
    return reply.code(201).send({ id: Number(id) })
  })
}
export default routes
