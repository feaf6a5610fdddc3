import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import formGuard from '../../../plugins/form-guard/index.ts'
import { presentationHeaders } from './presentation.ts'

/** A document of a listed server, for a picture, a frame or a link of our own page: the pass in the address lets in. */
const documents: FastifyPluginAsyncTypebox = async (fastify) => {
  // An error is shown where the document would have been: in the frame of the portal that the address names.
  await fastify.register(formGuard, { allowInsecurePortals: fastify.config.allowInsecurePortals })
  fastify.setErrorHandler(fastify.errorPages.page)

  fastify.get('/api/documents/*', {
    schema: {
      tags: ['documents'],
      summary: 'A document of a listed server, whole or in part: the pass in the address lets in',
      // A parameter with a name may have 100 characters only.
      params: Type.Object({ '*': Type.String() }),
      querystring: Type.Object({ download: Type.Optional(Type.Literal('y')) })
    },
    // Fastify would answer HEAD by reading the whole document.
    exposeHeadRoute: false
  }, async (request, reply) => {
    const { url, ...reader } = await fastify.documents.unseal(request.params['*'])
    await fastify.limitRate(reader.memberId, reader.userId)
    const gone = new AbortController()
    reply.raw.once('close', () => gone.abort())
    const { status, headers, type, charset, name, body } = await fastify.documents.open(url, reader, request.headers, gone.signal)
    body.on('error', err => {
      // The reader who left is nobody's fault.
      if (!gone.signal.aborted) request.log.warn({ err }, 'a document broke off')
    })
    return reply.code(status).headers(headers).headers(presentationHeaders(type, name, request.query.download === 'y', charset)).send(body)
  })
}
export default documents
