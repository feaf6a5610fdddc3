import { Type, type Static } from '@sinclair/typebox'
import type { FastifyPluginAsync } from 'fastify'
import { mismatchError, type VerifiedCall } from 'fastify-bitrix24'
import { approvalId } from './approval-service.ts'
import { approvalPage } from './approval-page.ts'

const params = Type.Object({
  subject: Type.String({ title: 'Subject', description: 'What is to be approved', minLength: 1, maxLength: 200 }),
  text: Type.Optional(Type.String({
    title: 'Text',
    description: 'What one has to know to decide, in a few words: all of it stands in the link',
    maxLength: 250
  })),
  approverId: Type.Integer({ title: 'Approver', minimum: 1, pick: 'user' }),
  authorId: Type.Optional(Type.Integer({
    title: 'Author',
    description: 'ID of the user who asks and is told the answer. Of a link that a user writes it is always that user',
    minimum: 1,
    pick: 'user',
    composer: false
  })),
  taskId: Type.Optional(Type.Integer({
    title: 'Task', description: 'Gets the answer as a comment', minimum: 1, pick: 'task'
  })),
  reference: Type.Optional(Type.String({
    title: 'Reference', description: 'Tells this request from another one that says the same', maxLength: 50
  }))
})

declare module 'fastify' {
  interface ScreenParams { approval: Static<typeof params> }
}

const thirtyDays = 30 * 24 * 3600

/** A request with two buttons, which post to the answer route. */
const plugin: FastifyPluginAsync = async (fastify) => {
  fastify.screen('approval', {
    schema: { params },
    signed: { expiresIn: thirtyDays },
    title: { en: 'Approval', de: 'Genehmigung' },
    description: {
      en: 'Asks for a decision and tells the author', de: 'Bittet um eine Entscheidung und meldet sie dem Autor'
    }
  }, async (request, reply) => {
    const { screen: { params, writtenBy }, placement: { lang, portal } } = request
    const { reference, ...asked } = params
    // The link's own authorId counts only if a back-end wrote the link: nobody asks in another's name.
    const authorId = writtenBy ?? asked.authorId
    if (authorId === undefined) {
      throw mismatchError([{
        parameter: 'authorId', expected: 'Expected in a link that no user wrote', reason: 'required'
      }])
    }
    const credentials = request.verifiedCall as VerifiedCall // only verified calls open a screen
    const { path } = fastify.links.to('approval', params, { portal, ...(writtenBy && { by: writtenBy }) })
    const pass = { request: { ...asked, authorId, id: approvalId(params, authorId) }, path, credentials, lang }
    const outcome = await fastify.approvals.find(pass) ?? pass
    return await approvalPage(request, reply, outcome, await fastify.approvals.seal(pass))
  })
}
export default plugin
