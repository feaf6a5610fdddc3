import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import formGuard from '../../../plugins/form-guard/index.ts'
import { approvalView } from './view.ts'

const AnswerSchema = Type.Object({
  token: Type.String({ maxLength: 16_384, description: 'The sealed pass of the page' }),
  answer: Type.Union([Type.Literal('approved'), Type.Literal('declined')])
})

/** The buttons of the screen `approval`: a plain form, so that they work without scripts. Answers with the page as it is then. */
const approvals: FastifyPluginAsyncTypebox = async (fastify) => {
  await fastify.register(formGuard, { allowInsecurePortals: fastify.config.allowInsecurePortals })
  fastify.setErrorHandler(fastify.errorPages.page)

  fastify.post(fastify.approvals.path, { schema: { body: AnswerSchema } }, async (request, reply) => {
    const { token, answer } = request.body
    const outcome = await fastify.approvals.answer(token, answer)
    const { request: { subject }, credentials, lang } = outcome
    await fastify.frameAncestors.allow(request, credentials)
    const { approvals: { path }, i18n } = fastify
    return await reply.page('approval', approvalView(outcome, { tag: i18n.resolve(lang).tag, token, path, given: answer, framedBy: request.frameAncestors?.at(-1) ?? credentials.origin }), { title: subject })
  })
}
export default approvals
