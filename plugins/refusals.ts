import formbody from '@fastify/formbody'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { acceptsPage, postedAddress } from '../src/frame.ts'
import { frameworkErrorOf } from '../src/framework-errors.ts'
import { ApplicationTokenError, MethodError, NotFoundError, OptionsMismatchError, refusalOf } from '../src/errors.ts'
import { scrub } from '../src/logger.ts'
import { codeOf, secretsIn, tokensOf } from '../src/redact.ts'

export interface RefusalsOptions {
  /** The addresses that the application's card in Bitrix24 has to name, for whom it sends anywhere else */
  card?: { handler: string, install: string }
}

declare module 'fastify' {
  interface FastifyInstance {
    /** An error handler for the scope of pages: answers with the view `refusal` instead of JSON. Needs `reply.page`. */
    refusalPage: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>
    /** The same for addresses that people and programs call: a page for who accepts one, JSON for all others. */
    refuse: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>
  }
  interface FastifyRequest {
    /** Stable code of the error this request ended with; null: none */
    refusal: string | null
  }
}

/** Refusals: every error becomes a stable code with the right status; only our own faults are logged with their cause. */
async function refusals (fastify: FastifyInstance, { card }: RefusalsOptions) {
  fastify.decorateRequest('refusal', null)
  // What Fastify itself refuses before it looks for a route: see src/framework-errors.ts.
  fastify.addHook('onRequest', (request, reply, done) => {
    const error = frameworkErrorOf(request.raw)
    if (error !== undefined) request.frameOrigin = postedAddress(request).origin
    done(error)
  })

  function toRefusal (error: unknown, request: FastifyRequest, reply: FastifyReply) {
    const refusal = refusalOf(error)
    request.refusal = refusal.code
    const { portalCode, method } = refusal
    if (refusal.statusCode >= 500) request.log.error({ err: cleanOrNothing(error, secretsOf(request)), portalCode, method }, refusal.code)
    if (refusal.retryAfter !== undefined) reply.header('retry-after', refusal.retryAfter)
    reply.code(refusal.statusCode)
    return refusal
  }

  const answerJson = async (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    const { code, portalCode, statusCode } = toRefusal(error, request, reply)
    // What Bitrix24 documents as the answer to an event with a wrong application token.
    const documented = error instanceof ApplicationTokenError && isEvent(request.body)
    if (documented) return reply.send({ status: 'error', error: 'invalid_application_token', code, requestId: request.id })
    return reply.send({ error: code, portalCode, status: statusCode, requestId: request.id })
  }
  fastify.setErrorHandler(answerJson)
  fastify.decorate('refusalPage', async (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    // The queue server posts events to the address of the installation page too, and reads no pages.
    if (isEvent(request.body)) return await answerJson(error, request, reply)
    const { code, portalCode, statusCode, situation } = toRefusal(error, request, reply)
    // Whoever is asked for help wants to know what the portal said.
    const codes = [code, portalCode].filter(Boolean).join(': ')
    // Only a name that the schema of a handler declares.
    const parameter = error instanceof OptionsMismatchError && 'parameter' in error ? error.parameter : undefined
    // The portal opens what the card of the application names. Somebody has to be told that it names the wrong address.
    const isMisled = card !== undefined && situation === 'not-found' && request.method === 'POST' && request.frameOrigin !== null
    return await reply.page('refusal', {
      situation: situation === 'link' && !isLink(request.body) ? 'call' : situation,
      card: isMisled ? card : undefined,
      code: codes,
      status: statusCode,
      requestId: request.id,
      parameter
    })
  })
  fastify.decorate('refuse', async (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    return await (acceptsPage(request) && fastify.hasReplyDecorator('page') ? fastify.refusalPage(error, request, reply) : answerJson(error, request, reply))
  })

  // In a scope of its own: whatever is posted to a wrong address, that is what is answered, not its type.
  await fastify.register(async scope => {
    scope.removeAllContentTypeParsers()
    await scope.register(formbody, { bodyLimit: 128 * 1024 })
    scope.addContentTypeParser('*', (request, payload, done) => { done(null) })
    const remember = (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
      request.frameOrigin = postedAddress(request).origin
      done()
    }
    // A body may be refused before it is read, and may name what the query does not.
    scope.addHook('onRequest', remember)
    scope.addHook('preValidation', remember)
    scope.setErrorHandler(fastify.refuse)
    scope.setNotFoundHandler(async (request, reply) => {
      const url = request.url.replace(/[?#].*$/s, '')
      // Looked up as the path of a call; `hasRoute` would read it as the pattern of a route.
      const takes = (method: string) => {
        const route = fastify.findRoute({ method, url })
        // Behind a wildcard there may be nothing.
        return route !== null && !('*' in route.params)
      }
      const allowed = fastify.supportedMethods.filter(takes)
      // A handler may have said that there is nothing.
      const isMethod = allowed.length > 0 && !allowed.includes(request.method)
      if (isMethod) reply.header('allow', allowed.join(', '))
      return await fastify.refuse(isMethod ? new MethodError() : new NotFoundError(), request, reply)
    })
  })
}

/** An event, as it comes to the installation page's address; a call does not become one by a field of that name. */
const isEvent = (body: unknown) => typeof body === 'object' && body !== null && 'event' in body && !('PLACEMENT' in body)

/** Only what opens by a link can have a damaged one. */
const isLink = (body: unknown) => typeof body === 'object' && body !== null && 'PLACEMENT' in body && body.PLACEMENT === 'REST_APP_URI'

/** An error for the log: without the secrets of the request, however they came into its text. What is behind its causes is left out. */
function clean (error: unknown, secrets: readonly string[], isInner = false): Error {
  if (!(error instanceof Error)) return new TypeError('something that is no Error was thrown')
  const text = (value: unknown) => scrub(String(value), secrets)
  const { name, message, stack = '', cause } = error
  const options = cause instanceof Error && !isInner ? { cause: clean(cause, secrets, true) } : {}
  const words = 'errors' in error && Array.isArray(error.errors) && !isInner
    ? new AggregateError(error.errors.map(one => clean(one, secrets, true)), text(message), options)
    : new Error(text(message), options)
  const code = codeOf(error)
  return Object.assign(words, { name: text(name), stack: text(stack), ...(code !== undefined && { code: text(code) }) })
}

/** A getter that throws would be answered with its words: Fastify says what went wrong in an error handler. */
function cleanOrNothing (error: unknown, secrets: readonly string[]): Error {
  try {
    return clean(error, secrets)
  } catch {
    return new TypeError('an error that cannot be read was thrown')
  }
}

/** What a call carried that no log may hold: its secret fields, and all that its link or its page says. */
function secretsOf (request: FastifyRequest): string[] {
  const { placement, screen } = request
  const told = [...tokensOf(request), ...secretsIn([placement?.options, placement?.uri], /./)]
  // The name of a screen is the name of its file, which stands in every stack.
  return told.filter(text => text !== screen?.name)
}

export default fp(refusals, { fastify: '5.x', name: 'b24-refusals' })
