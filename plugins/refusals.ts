import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { MethodError, NotFoundError, OptionsMismatchError, refusalOf } from '../src/errors.ts'
import { scrub } from '../src/logger.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** An error handler for the scope of pages: answers with the view `refusal` instead of JSON. Needs `reply.page`. */
    refusalPage: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>
  }
  interface FastifyRequest {
    /** Stable code of the error this request ended with; null: none */
    refusal: string | null
  }
}

// Fields whose values are secrets, wherever they stand in a body.
const secretField = /auth_id|refresh_id|token|app_sid|secret|placement_options/i

/** Refusals: every error becomes a stable code with the right status; only our own faults are logged with their cause. */
async function refusals (fastify: FastifyInstance) {
  fastify.decorateRequest('refusal', null)

  function refuse (error: unknown, request: FastifyRequest, reply: FastifyReply) {
    const refusal = refusalOf(error)
    request.refusal = refusal.code
    const { portalCode, method } = refusal
    if (refusal.statusCode >= 500) request.log.error({ err: clean(error, secretsOf(request)), portalCode, method }, refusal.code)
    if (refusal.retryAfter !== undefined) reply.header('retry-after', refusal.retryAfter)
    reply.code(refusal.statusCode)
    return refusal
  }

  const answerJson = async (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    const { code, portalCode, statusCode } = refuse(error, request, reply)
    return reply.send({ error: code, portalCode, status: statusCode, requestId: request.id })
  }
  fastify.setErrorHandler(answerJson)
  fastify.decorate('refusalPage', async (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    // The queue server posts events to the address of the installation page too, and reads no pages.
    if (isEvent(request.body)) return await answerJson(error, request, reply)
    const { code, portalCode, statusCode, situation } = refuse(error, request, reply)
    // Whoever is asked for help wants to know what the portal said.
    const codes = [code, portalCode].filter(Boolean).join(': ')
    // Only a name that the schema of a handler declares.
    const parameter = error instanceof OptionsMismatchError && 'parameter' in error ? error.parameter : undefined
    return await reply.page('refusal', { situation: situation === 'link' && !isLink(request.body) ? 'call' : situation, code: codes, status: statusCode, requestId: request.id, parameter })
  })

  fastify.setNotFoundHandler(async (request, reply) => {
    const url = request.url.replace(/[?#].*$/s, '')
    const allowed = fastify.supportedMethods.filter(method => fastify.hasRoute({ method, url }))
    if (allowed.length > 0) reply.header('allow', allowed.join(', '))
    const error = allowed.length > 0 ? new MethodError() : new NotFoundError()
    const isPerson = request.headers.accept?.includes('text/html') === true && fastify.hasReplyDecorator('page')
    return await (isPerson ? fastify.refusalPage(error, request, reply) : answerJson(error, request, reply))
  })
}

/** An event, as it comes to the installation page's address; a call does not become one by a field of that name. */
const isEvent = (body: unknown) => typeof body === 'object' && body !== null && 'event' in body && !('PLACEMENT' in body)

/** Only what opens by a link can have a damaged one. */
const isLink = (body: unknown) => typeof body === 'object' && body !== null && 'PLACEMENT' in body && body.PLACEMENT === 'REST_APP_URI'

/** An error for the log: without the secrets of the request, however they came into its text. */
function clean (error: unknown, secrets: readonly string[]): Error {
  if (!(error instanceof Error)) return new TypeError('something that is no Error was thrown')
  const { name, message, stack = '', cause } = error
  return Object.assign(new Error(scrub(message, secrets), cause instanceof Error ? { cause: clean(cause, secrets) } : {}), {
    name, stack: scrub(stack, secrets), ...('code' in error && { code: error.code })
  })
}

/** What a call carried that no log may hold: its secret fields, and all that its link or its page says. */
function secretsOf ({ body, query, headers, placement, screen }: FastifyRequest): string[] {
  // A header holds the scheme before its token.
  const { authorization = '' } = headers
  const told = [...textsIn([body, query], secretField), ...authorization.split(' '), ...textsIn([placement?.options, placement?.uri], /./)]
  // The name of a screen is the name of its file, which stands in every stack.
  return told.filter(text => text !== screen?.name)
}

function textsIn (value: unknown, names: RegExp, isNamed = false): string[] {
  if (typeof value === 'string') return isNamed ? [value] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, item]) => textsIn(item, names, isNamed || names.test(name)))
}

export default fp(refusals, { fastify: '5.x', name: 'b24-refusals' })
