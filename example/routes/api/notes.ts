import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'

const NoteSchema = Type.Object({
  grant: Type.String({ maxLength: 4096, description: 'What the page of the dialog was given' }),
  text: Type.String({ minLength: 1, maxLength: 2000, pattern: '\\S' })
})
const GrantSchema = Type.Object({ dialogId: Type.String() })

/** Keeps a note of the messenger's sidebar. It is kept here, so no REST is needed: the page session says who writes. */
const routes: FastifyPluginAsyncTypebox = async (fastify) => {
  fastify.post('/notes', { schema: { body: NoteSchema } }, async (request, reply) => {
    const { grant, text } = request.body
    const { memberId, userId } = await fastify.verifyPageSession(request)
    const { dialogId } = await fastify.pageTokens.openGrant(request, grant, GrantSchema)
    await fastify.notes.add(memberId, dialogId, { userId, text, at: Date.now() })
    return reply.code(204).send()
  })
}
export default routes
