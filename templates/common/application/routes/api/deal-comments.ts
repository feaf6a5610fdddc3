import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { addComment, readComments, type Comment } from '../../crm/deal.ts'

const DealSchema = Type.Object({ id: Type.Integer({ minimum: 1 }) })
const CommentSchema = Type.Object({ text: Type.String({ maxLength: 5000, pattern: '\\S' }) })

/** The comments of a deal, for the deal tab. Bitrix24 decides what the user may read and write. */
const routes: FastifyPluginAsyncTypebox = async (fastify) => {
  fastify.get('/deals/:id/comments', {
    schema: { params: DealSchema }
  }, async (request): Promise<Comment[]> => {
    const { rest } = await fastify.verifyPageUser(request)
    return await readComments(rest, request.params.id)
  })

  fastify.post('/deals/:id/comments', {
    schema: { params: DealSchema, body: CommentSchema }
  }, async (request, reply) => {
    const { rest } = await fastify.verifyPageUser(request)
    const id = await addComment(rest, request.params.id, request.body.text)
    return reply.code(201).send({ id })
  })
}
export default routes
