import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import formGuard from '../../../plugins/form-guard/index.ts'
import { answerPath, approvalView } from './view.ts'

const AnswerSchema = Type.Object({
  token: Type.String({ maxLength: 16_384, description: 'The sealed pass of the page' }),
  answer: Type.Union([Type.Literal('approved'), Type.Literal('declined')])
})

/** The buttons of the screen `approval`: a plain form that works without scripts, and is answered with the page. */
const answer: FastifyPluginAsyncTypebox = async (fastify) => {
  await fastify.register(formGuard, { allowInsecurePortals: fastify.config.allowInsecurePortals })
  fastify.setErrorHandler(fastify.errorPages.page)

  fastify.post(answerPath, { schema: { body: AnswerSchema } }, async (request, reply) => {
    const { token, answer } = request.body
    const outcome = await fastify.approvals.answer(token, answer)
    const { request: { subject }, credentials, lang } = outcome
    await fastify.frameAncestors.allow(request, credentials)
    const { tag } = fastify.i18n.resolve(lang)
    const framedBy = String(request.frameAncestors?.at(-1))
    const view = approvalView(outcome, { tag, token, given: answer, framedBy })
    return await reply.page('approval', view, { title: subject })
  })
}
export default answer
