import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyError, FastifyRequest } from 'fastify'
import { ApiKeyError, LinkWriterError, OptionsMismatchError, PortalUnknownError, refusalOf, StoreSilentError } from '../../src/errors.ts'
import { LinkError } from '../../src/links.ts'
import { mismatchError, type Mismatch, type OptionsMismatch } from '../../src/options-schema.ts'
import { LinkRequestSchema, LinkSchema } from '../../src/schemas/link.ts'
import { FieldsRefusalSchema, refusalsOf } from '../../src/schemas/refusal.ts'

/** What is wrong with the body itself, in the words of the parameters. */
function bodyMismatch ({ instancePath, keyword, params, message }: NonNullable<FastifyError['validation']>[number]): Mismatch {
  const path = instancePath.split('/').slice(1)
  const expected = String(message)
  return keyword === 'required'
    ? { parameter: [...path, params['missingProperty']].join('.'), reason: 'required', expected }
    : { parameter: path.join('.'), reason: 'type', expected }
}

/** PHP writes an object without keys as an empty list. */
function hasEmptyParams (body: unknown): body is { params: unknown } {
  return typeof body === 'object' && body !== null && 'params' in body && Array.isArray(body.params) && body.params.length === 0
}

/** Who may write a link, and for which portal: a page of ours for its own, a back-end with an API key for any. */
const links: FastifyPluginAsyncTypebox = async (fastify) => {
  /** Sets `request.pageSession`, unless the caller has an API key. */
  async function verifyWriter (request: FastifyRequest): Promise<void> {
    const [, key = ''] = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '') ?? []
    if (fastify.apiKeys.includes(key)) return
    // What has not the form of a page session was meant to be a key.
    if (key !== '' && !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(key)) throw new ApiKeyError()
    await fastify.verifyPageSession(request)
  }

  function writerOf ({ pageSession }: FastifyRequest, screen: string, wanted: string | undefined): { memberId: string, by?: number } {
    if (pageSession === null) {
      if (wanted === undefined) throw mismatchError([{ parameter: 'portal', expected: 'Expected member_id of a portal', reason: 'required' }])
      return { memberId: wanted }
    }
    const { memberId, userId } = pageSession
    const isOffered = fastify.screens().some(({ name, composer }) => name === screen && composer !== false)
    if (!isOffered || (wanted ?? memberId) !== memberId) throw new LinkWriterError()
    return { memberId, by: userId }
  }

  // What is wrong with a link is told to whoever writes it.
  fastify.setErrorHandler(async (error: FastifyError & Partial<OptionsMismatch>, request, reply) => {
    const { validation, mismatches = validation?.map(bodyMismatch) ?? [] } = error
    if (mismatches.length === 0 && !(error instanceof LinkError)) throw error
    const code = error instanceof LinkError ? error.code : refusalOf(error).code
    request.refusal = code
    const message = error instanceof OptionsMismatchError ? 'What is named in fields does not fit' : error.message
    return await reply.code(400).send({ error: code, status: 400, requestId: request.id, message, fields: mismatches })
  })

  fastify.post('/api/links', {
    // Who asks comes before what is asked.
    onRequest: verifyWriter,
    preValidation: async ({ body }) => { if (hasEmptyParams(body)) body.params = {} },
    schema: {
      tags: ['links'],
      summary: 'Writes a link to a screen',
      security: [{ session: [] }, { apiKey: [] }],
      body: LinkRequestSchema,
      response: { 200: LinkSchema, 400: FieldsRefusalSchema, ...refusalsOf(401, 403, 404, 503) }
    }
  }, async (request) => {
    const { screen, params, portal } = request.body
    const { memberId, ...by } = writerOf(request, screen, portal)
    const installation = await fastify.installations.find(memberId).catch(cause => { throw new StoreSilentError({ cause }) })
    if (installation === undefined || installation.uninstalledAt !== null) throw new PortalUnknownError()
    return fastify.writeScreenLink(screen, params, { portal: { memberId, endpoint: installation.clientEndpoint }, ...by })
  })
}
export default links
