import { Type, type Static } from '@sinclair/typebox'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import formGuard from 'fastify-bitrix24/plugins/form-guard'
import { presentationHeaders } from '../../screens/document/presentation.ts'

const KeySetSchema = Type.Object({
  keys: Type.Array(Type.Object({
    kty: Type.String(),
    crv: Type.String(),
    x: Type.String(),
    kid: Type.String(),
    alg: Type.String(),
    use: Type.String()
  }))
}, { description: 'A JWK Set (RFC 7517)' })
type KeySet = Static<typeof KeySetSchema>

const DocumentParamsSchema = Type.Object({
  // A wildcard, as a named parameter may have 100 characters only.
  '*': Type.String()
})

/** Documents of listed servers, and the keys with which those servers check who reads. */
const routes: FastifyPluginAsyncTypebox = async (fastify) => {
  fastify.get('/document-keys', {
    schema: {
      tags: ['documents'],
      summary: 'Public keys that check the header B24-Reader',
      response: { 200: KeySetSchema }
    }
    // An exported Ed25519 key has what the schema names.
  }, async () => fastify.documents.readerKeys as KeySet)

  await fastify.register(async scope => {
    // An error is shown where the document would have been: in the portal's frame that the address names.
    await scope.register(formGuard, { allowInsecurePortals: fastify.config.allowInsecurePortals })
    scope.setErrorHandler(fastify.errorPages.page)
    await scope.register(documentRoute)
  })
}
export default routes

const content = (description: string) => ({ description, content: { '*/*': { schema: { type: 'string' } } } })
const page = { description: 'A page that says why', content: { 'text/html': { schema: { type: 'string' } } } }
/** For the API's description only: what is answered is no JSON that a schema could check. */
const answers = {
  200: content('The document'),
  206: content('The part of it that the header Range asks for'),
  ...Object.fromEntries([400, 401, 403, 404].map(status => [status, page])),
  416: content('There is no such part'),
  ...Object.fromEntries([429, 502, 503, 504].map(status => [status, page]))
}

const documentRoute: FastifyPluginAsyncTypebox = async (fastify) => {
  fastify.get('/documents/*', {
    schema: {
      tags: ['documents'],
      summary: 'A document of a listed server, whole or in part, for the pass in the address',
      params: DocumentParamsSchema,
      querystring: Type.Object({ download: Type.Optional(Type.Literal('y')) })
    },
    config: { describedSchema: schema => ({ ...schema, response: answers }) },
    // Fastify would answer HEAD by reading the whole document.
    exposeHeadRoute: false
  }, async (request, reply) => {
    const { url, ...reader } = await fastify.documents.unseal(request.params['*'])
    await fastify.limitRate(reader.memberId, reader.userId)
    const left = new AbortController()
    reply.raw.once('close', () => left.abort())
    const document = await fastify.documents.open(url, reader, request.headers, left.signal)
    const { status, headers, type, charset, name, body } = document
    body.on('error', err => {
      if (!left.signal.aborted) request.log.warn({ err }, 'a document broke off')
    })
    return reply.code(status).headers(headers)
      .headers(presentationHeaders(type, name, request.query.download === 'y', charset)).send(body)
  })
}
