import { Type, type Static } from '@sinclair/typebox'
import type { FastifyPluginAsync } from 'fastify'
import { approvalView } from '../../src/approval-view.ts'
import type { ProvenCall } from '../../src/trust/verify-call.ts'

const params = Type.Object({
  subject: Type.String({ title: 'Subject', description: 'What is to be approved', minLength: 1, maxLength: 200 }),
  text: Type.Optional(Type.String({ title: 'Text', description: 'What one has to know to decide', maxLength: 800 })),
  authorId: Type.Integer({ title: 'Author', description: 'ID of the user who asks and is told the answer', minimum: 1 }),
  taskId: Type.Optional(Type.Integer({ title: 'Task', description: 'ID of a task that gets the answer as a comment', minimum: 1 })),
  reference: Type.Optional(Type.String({ title: 'Reference', description: 'Tells this request from another one that says the same', maxLength: 50 }))
})

declare module 'fastify' {
  interface ScreenParams { approval: Static<typeof params> }
}

const thirtyDays = 30 * 24 * 3600

/** A request with two buttons. What they do is in routes/approvals.ts. */
const plugin: FastifyPluginAsync = async (fastify) => {
  fastify.screen('approval', {
    params,
    signed: { expiresIn: thirtyDays },
    title: { en: 'Approval', de: 'Genehmigung' },
    description: { en: 'Asks for a decision and tells the author', de: 'Bittet um eine Entscheidung und meldet sie dem Autor' }
  }, async (request, reply) => {
    const { screen: { params: { reference, ...asked }, linkId }, placement: { lang } } = request
    const pass = { request: { ...asked, linkId }, credentials: request.authToken as ProvenCall, lang } // a screen is opened by nobody else
    const outcome = await fastify.approvals.find(pass) ?? pass
    return await reply.page('approval', approvalView(outcome, fastify.i18n.resolve(lang).tag, await fastify.approvals.seal(pass)), { title: asked.subject })
  })
}
export default plugin
