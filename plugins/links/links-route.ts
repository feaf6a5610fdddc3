import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyError, FastifyRequest } from 'fastify'
import { bearerOf } from '../../src/http/bearer.ts'
import {
  ApiKeyPortalError, LinkError, LinkWriterError, OptionsMismatchError, PortalUnknownError, StoreUnavailableError
} from '../../src/errors.ts'
import { toHttpError } from '../../src/http/http-error.ts'
import { mismatchError, type Mismatch, type OptionsMismatch } from '../../src/schemas/options-schema.ts'
import { LinkRequestSchema, LinkSchema } from './link-schema.ts'
import { closedPaths } from './offered.ts'
import { FieldsErrorSchema, errorResponses } from '../../src/schemas/error.ts'

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

const closed = (parameter: string): Mismatch => ({ parameter, expected: 'Is written by the application only', reason: 'undeclared' })

/** Who may write a link, and for which portal: a page of ours for its own, a back-end with an API key for those that the key is for. */
const links: FastifyPluginAsyncTypebox = async (fastify) => {
  /** Sets `request.pageSession` or `request.apiKey`. */
  async function verifyWriter (request: FastifyRequest): Promise<void> {
    const bearer = bearerOf(request)
    // What has not the form of a page session is meant to be a key.
    if (bearer === '' || /^[\w-]+\.[\w-]+\.[\w-]+$/.test(bearer)) await fastify.verifyPageSession(request)
    else request.apiKey = fastify.apiKeys.find(bearer, request.ip)
  }

  function writerOf ({ pageSession, apiKey }: FastifyRequest, screen: string, wanted: string | undefined): { memberId: string, by?: number } {
    if (pageSession === null) {
      if (wanted === undefined) throw mismatchError([{ parameter: 'portal', expected: 'Expected member_id of a portal', reason: 'required' }])
      if (apiKey?.portals?.includes(wanted) === false) throw new ApiKeyPortalError()
      return { memberId: wanted }
    }
    const { memberId, userId } = pageSession
    const isOffered = fastify.screens().some(({ name, composer }) => name === screen && composer !== false)
    if (!isOffered || (wanted ?? memberId) !== memberId) throw new LinkWriterError()
    return { memberId, by: userId }
  }

  /** Errors: OptionsMismatchError for what handlers and back-ends may write, and people may not. */
  function refuseClosed (name: string, params: Record<string, unknown>): void {
    const [first, ...further] = fastify.screens().filter(screen => screen.name === name).flatMap(screen => closedPaths(screen.params, params)).map(closed)
    if (first !== undefined) throw mismatchError([first, ...further])
  }

  // What is wrong with a link is told to whoever writes it.
  fastify.setErrorHandler(async (error: FastifyError & Partial<OptionsMismatch>, request, reply) => {
    const { validation, mismatches = validation?.map(bodyMismatch) ?? [] } = error
    if (mismatches.length === 0 && !(error instanceof LinkError)) throw error
    const code = error instanceof LinkError ? error.code : toHttpError(error).code
    request.errorCode = code
    const message = error instanceof OptionsMismatchError ? 'What is named in fields does not fit' : error.message
    return await reply.code(400).send({ error: code, status: 400, requestId: request.id, message, fields: mismatches })
  })

  fastify.post('/api/links', {
    // Far more than fits into a link.
    bodyLimit: 32 * 1024,
    // Who asks comes before what is asked.
    onRequest: verifyWriter,
    preValidation: async ({ body }) => { if (hasEmptyParams(body)) body.params = {} },
    schema: {
      tags: ['links'],
      summary: 'Writes a link to a screen',
      security: [{ session: [] }, { apiKey: [] }],
      body: LinkRequestSchema,
      response: { 200: LinkSchema, 400: FieldsErrorSchema, ...errorResponses(401, 403, 404, 429, 503) }
    }
  }, async (request) => {
    const { screen, params, portal } = request.body
    const { memberId, ...by } = writerOf(request, screen, portal)
    const installation = await fastify.installations.find(memberId).catch(cause => { throw new StoreUnavailableError({ cause }) })
    if (installation === undefined || installation.uninstalledAt !== null) throw new PortalUnknownError()
    const link = fastify.writeScreenLink(screen, params, { portal: { memberId, endpoint: installation.clientEndpoint }, ...by })
    // Of what fits into a link there is little to look through.
    if (request.pageSession !== null) refuseClosed(screen, params)
    return link
  })
}
export default links
