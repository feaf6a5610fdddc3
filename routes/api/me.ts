import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorResponses } from '../../src/schemas/error.ts'

const MeSchema = Type.Object({
  user: Type.Object({ id: Type.Integer() }),
  portal: Type.Object({ memberId: Type.String(), domain: Type.String() }),
  placement: Type.String(),
  lang: Type.String({ description: 'Interface language: a code of Bitrix24' })
})

/** Who the page belongs to: the first call that a page can make with its session. */
const me: FastifyPluginAsyncTypebox = async (fastify) => {
  fastify.get('/me', {
    schema: {
      tags: ['page'],
      summary: 'Who the page belongs to',
      security: [{ session: [] }],
      response: { 200: MeSchema, ...errorResponses(401, 429, 503) }
    }
  }, async (request) => {
    const { userId, memberId, domain, placement, lang } = await fastify.verifyPageSession(request)
    return { user: { id: userId }, portal: { memberId, domain }, placement, lang }
  })
}
export default me
