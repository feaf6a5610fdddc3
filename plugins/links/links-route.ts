import { Type, type TObject } from '@sinclair/typebox'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyError, FastifyRequest } from 'fastify'
import { ApiKeyPortalError, LinkError, LinkWriterError, PortalUnknownError } from '../../src/errors.ts'
import { useFastifysOwnFor } from '../../src/http/fastifys-own.ts'
import { bearerOf } from '../../src/http/headers.ts'
import { toHttpError } from '../../src/http/http-error.ts'
import { audit } from '../../src/log/audit.ts'
import { FieldsErrorSchema, errorResponses } from '../../src/schemas/error.ts'
import { mismatchError, type Mismatch, type OptionsMismatch } from '../../src/schemas/mismatch.ts'
import type { ApiKeys } from './api-keys.ts'
import { closedPaths } from './offered.ts'
import type { LinkOptions, ScreenLink } from './screen-links.ts'

const LinkRequestSchema = Type.Object({
  screen: Type.String({ description: 'Name of the screen', examples: ['part'] }),
  params: Type.Record(Type.String(), Type.Unknown(), {
    description: 'Parameters of the screen; text is turned into the declared types'
  }),
  portal: Type.Optional(Type.String({
    pattern: '^[\\w-]{1,64}$',
    description: 'member_id of the portal that the link is for. Needed with an API key; a page session has its own'
  }))
})

/** The body as the API describes it: each screen with its own parameters. */
const describedBody = (screens: ReadonlyArray<{ name: string, params: TObject }>) =>
  Type.Union(screens.map(({ name, params }) =>
    Type.Object({ ...LinkRequestSchema.properties, screen: Type.Literal(name), params }, { title: name })))

const LinkSchema = Type.Object({
  id: Type.String({ description: 'The same for the same screen and parameters, however they are written' }),
  path: Type.String({ description: 'What to write into a message, so that it opens in a slider' }),
  url: Type.String({ description: 'The same as an absolute address' }),
  expiresAt: Type.Optional(Type.Integer({ description: 'Unix seconds; only of links that expire' }))
})

type Validation = NonNullable<FastifyError['validation']>[number]

/** What is wrong with the body itself, in the form in which wrong parameters are reported. */
function bodyMismatch ({ instancePath, keyword, params, message }: Validation): Mismatch {
  const path = instancePath.split('/').slice(1)
  if (keyword === 'pattern') return { ...missingPortal, reason: 'format' }
  const expected = String(message)
  return keyword === 'required'
    ? { parameter: [...path, params['missingProperty']].join('.'), reason: 'required', expected }
    : { parameter: path.join('.'), reason: 'type', expected }
}

/** PHP writes an object without keys as an empty list. */
function hasEmptyParams (body: unknown): body is { params: unknown } {
  if (typeof body !== 'object' || body === null || !('params' in body)) return false
  return Array.isArray(body.params) && body.params.length === 0
}

const missingPortal: Mismatch = { parameter: 'portal', expected: 'Expected member_id of a portal', reason: 'required' }
const closed = (parameter: string): Mismatch =>
  ({ parameter, expected: 'Is written by the application only', reason: 'undeclared' })

interface LinksRouteOptions {
  apiKeys: ApiKeys
  /** As `links.write`, without a line in the audit */
  write: (name: string, params: Readonly<Record<string, unknown>>, options: LinkOptions) => ScreenLink
}

/** POST /api/links: a page writes links for its own portal, a back-end for the portals that its API key is for. */
const linksRoute: FastifyPluginAsyncTypebox<LinksRouteOptions> = async (fastify, { apiKeys, write }) => {
  const { links } = fastify
  useFastifysOwnFor(fastify)
  fastify.removeContentTypeParser('text/plain') // what `fetch` calls a body whose type nobody has named

  /** Sets `request.pageSession` or `request.apiKey`. */
  async function verifyWriter (request: FastifyRequest): Promise<void> {
    const bearer = bearerOf(request)
    // Anything that does not look like a page session is taken for a key.
    if (bearer === '' || /^[\w-]+\.[\w-]+\.[\w-]+$/.test(bearer)) await fastify.verifyPageSession(request)
    else {
      request.apiKey = apiKeys.find(bearer, request.ip)
      // In all lines of the call, those of the audit, too. Not called a key: the log redacts that.
      request.log = request.log.child({ writer: request.apiKey.name })
    }
  }

  function writerOf (request: FastifyRequest, name: string, portal = request.pageSession?.memberId) {
    const { pageSession, apiKey, ip, log } = request
    if (portal === undefined) throw mismatchError([missingPortal])
    if (pageSession === null) {
      if (apiKey?.portals?.includes(portal) === false) {
        audit(log, 'writer.refused', { ip, member: portal })
        throw new ApiKeyPortalError()
      }
      return { memberId: portal }
    }
    const isOffered = links.screens().some(screen => screen.name === name && screen.composer !== false)
    if (!isOffered || portal !== pageSession.memberId) throw new LinkWriterError()
    return { memberId: portal, by: pageSession.userId }
  }

  /** @throws {OptionsMismatchError} for values that handlers and back-ends may write, and people may not */
  function refuseClosed (name: string, params: Record<string, unknown>): void {
    const screens = links.screens().filter(screen => screen.name === name)
    const [first, ...further] = screens.flatMap(screen => closedPaths(screen.params, params)).map(closed)
    if (first !== undefined) throw mismatchError([first, ...further])
  }

  // The writer of a link is told what is wrong with it, or with how it was asked for.
  fastify.setErrorHandler(async (error: FastifyError & Partial<OptionsMismatch>, request, reply) => {
    const { validation, mismatches = validation?.map(bodyMismatch) ?? [] } = error
    const isUnreadable = String(error.code).startsWith('FST_ERR_CTP_')
    if (mismatches.length === 0 && !(error instanceof LinkError) && !isUnreadable) throw error
    const { code, statusCode: status } = error instanceof LinkError
      ? { code: error.code, statusCode: 400 }
      : toHttpError(error)
    request.errorCode = code
    const message = status === 415 ? 'The body must be application/json' : error.message
    return await reply.code(status).send({
      error: code,
      status,
      requestId: request.id,
      message: mismatches.length > 0 ? 'What is named in fields does not fit' : message,
      ...(status === 400 && { fields: mismatches })
    })
  })

  fastify.post('/api/links', {
    // Far more than fits into a link.
    bodyLimit: 32 * 1024,
    // Authenticate before validating.
    onRequest: verifyWriter,
    preValidation: async ({ body }) => { if (hasEmptyParams(body)) body.params = {} },
    config: { describedSchema: schema => ({ ...schema, body: describedBody(links.screens()) }) },
    schema: {
      tags: ['links'],
      summary: 'Writes a link to a screen',
      security: [{ session: [] }, { apiKey: [] }],
      body: LinkRequestSchema,
      response: { 200: LinkSchema, 400: FieldsErrorSchema, ...errorResponses(401, 403, 404, 413, 415, 429, 503) }
    }
  }, async (request) => {
    const { screen, params, portal } = request.body
    const { memberId, ...by } = writerOf(request, screen, portal)
    const installation = await fastify.installations.find(memberId)
    if (installation === undefined || installation.uninstalledAt !== null) throw new PortalUnknownError()
    const link = write(screen, params, { portal: { memberId, endpoint: installation.clientEndpoint }, ...by })
    // Checked last: what fits into a link is small enough to look through.
    if (request.pageSession !== null) refuseClosed(screen, params)
    const { ip, log, pageSession } = request
    audit(log, 'link.written', { ip, member: memberId, user: pageSession?.userId, screen, link: link.id })
    return link
  })
}
export default linksRoute
