import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import formGuard from 'fastify-bitrix24/plugins/form-guard'
import { answerPath, approvalPage } from '../screens/approval/approval-page.ts'

const AnswerSchema = Type.Object({
  token: Type.String({ maxLength: 16_384, description: 'The sealed pass of the page' }),
  answer: Type.Union([Type.Literal('approved'), Type.Literal('declined')])
})

/** The buttons of the screen `approval`: a plain form, which works without scripts and is answered with a page. */
const answer: FastifyPluginAsyncTypebox = async (fastify) => {
  await fastify.register(formGuard, { allowInsecurePortals: fastify.config.allowInsecurePortals })
  fastify.setErrorHandler(fastify.errorPages.page)

  fastify.post(answerPath, { schema: { body: AnswerSchema } }, async (request, reply) => {
    const { token, answer } = request.body
    const outcome = await fastify.approvals.answer(token, answer)
    await fastify.frameAncestors.allow(request, outcome.credentials)
    return await approvalPage(request, reply, outcome, token, answer)
  })
}
export default answer
