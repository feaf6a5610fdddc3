import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import {
  ApiKeyError, ApiKeyPortalError, ApplicationTokenError, MetricsTokenError, OverloadedError
} from '../../src/errors.ts'
import { postedFrame } from '../../src/http/frame.ts'
import { acceptsPage, browserLanguages } from '../../src/http/headers.ts'
import { readableError, toHttpError } from '../../src/http/http-error.ts'
import { cleanError } from '../../src/log/clean-error.ts'
import { checkOptions, optional, rule } from '../../src/schemas/plugin-options.ts'
import { notFound } from './not-found.ts'
import { adminText, isReloadable, portalOf, wrongParameter } from './page-help.ts'

export interface ErrorPagesOptions {
  /** The addresses for the application's card in Bitrix24, shown when a portal posts to an unknown address */
  card?: { handler: string, install: string }
  /** Answers unknown addresses, too. Default true */
  notFound?: boolean
}

declare module 'fastify' {
  interface FastifyInstance { errorPages: ReturnType<typeof createErrorPages> }
  interface FastifyRequest {
    /** Stable code of the error that the request ended with; null: none */
    errorCode: string | null
  }
}

function createErrorPages (fastify: FastifyInstance, { card }: ErrorPagesOptions) {
  function toAnswer (error: unknown, request: FastifyRequest, reply: FastifyReply) {
    const answer = toHttpError(error)
    const { code, statusCode, portalCode, method, retryAfter } = answer
    request.errorCode = code
    const level = statusCode >= 500 ? 'error' : code === 'B24_ERR_REQUEST_REFUSED' ? 'info' : undefined
    // The plugin `overload` has a line for all of its refusals, and in an outage anybody could fill the log.
    const isCounted = error instanceof OverloadedError || request.hasLines?.(statusCode) === false
    if (level !== undefined && !isCounted) {
      const err = cleanError(error, request)
      request.log[level]({ err, portalCode, method }, code)
      // What no header can hold, such as a file name of Cyrillic letters, would go out with the error page, and end it.
      const [, header] = /header.* \["(.*)"\]$/i.exec(err.message) ?? []
      if (header !== undefined) reply.removeHeader(header)
    }
    if (retryAfter !== undefined) reply.header('retry-after', retryAfter)
    reply.code(statusCode)
    return answer
  }

  const i18n = fastify.hasDecorator('pages') ? fastify.pages.i18n : undefined

  /** What the page that makes the call tells its user, in the language of the session, else of the request. */
  function messageFor ({ pageSession, headers }: FastifyRequest, pageName: string): string | undefined {
    const langs = pageSession ? [pageSession.lang] : browserLanguages(headers)
    // It was the page, not Bitrix24, that sent what cannot be read.
    const key = `error.${pageName === 'call' ? 'internal' : pageName}.text`
    return i18n?.has(key) ? i18n.resolve(...langs).t(key) : undefined
  }

  async function json (error: FastifyError, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { code, portalCode, statusCode: status, pageName } = toAnswer(error, request, reply)
    const requestId = request.id
    const message = isForDeveloper(error) ? error.message : messageFor(request, pageName)
    // What Bitrix24 documents as the answer to an event with a wrong application token.
    return error instanceof ApplicationTokenError && isEvent(request.body)
      ? reply.send({ status: 'error', error: 'invalid_application_token', code, requestId })
      : reply.send({ error: code, portalCode, status, message, requestId })
  }

  async function page (error: FastifyError, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    // The queue server, which posts events to the address of the installation page too, reads no pages.
    if (i18n === undefined || isEvent(request.body)) return await json(error, request, reply)
    const { code, portalCode, statusCode: status, pageName } = toAnswer(error, request, reply)
    // Nothing on this page can be misused, so the portal that the call names may frame it.
    request.isOpenedByPortal = true
    const isMisled = pageName === 'not-found' && request.method === 'POST' && postedFrame(request).origin !== null
    const isOfLink = isLink(request.body)
    const page = reply.page('error', {
      pageName: pageName === 'link' && !isOfLink ? 'call' : pageName,
      card: isMisled ? card : undefined,
      admin: adminText(i18n, pageName),
      mayReload: isReloadable(status, pageName),
      // Bitrix24 closes nothing but a slider.
      mayClose: isOfLink,
      // Support wants to know what the portal said.
      code: [code, portalCode].filter(Boolean).join(': '),
      status,
      requestId: request.id,
      time: new Date().toISOString().slice(0, 19) + 'Z',
      portal: portalOf(request),
      ...wrongParameter(error)
    })
    // Fastify would show what failed to whoever opened the page: a view of the application, or what the pages carry.
    return await page.catch(cause => {
      request.log.error({ err: cleanError(cause, request) }, 'the error page cannot be shown')
      return reply.send({ error: code, portalCode, status, requestId: request.id })
    })
  }

  return {
    /** An error handler for pages: shows the view `error`; JSON for events, and without the plugin `page`. */
    page,
    /** An error handler for what people and programs call: a page where HTML is accepted, else JSON. */
    send: async (error: FastifyError, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
      await (acceptsPage(request) ? page : json)(readableError(error) as FastifyError, request, reply)
  }
}

/** Answers every error with a stable code and the right status. Logs our own faults, and refusals without a code. */
async function errorPages (fastify: FastifyInstance, options: ErrorPagesOptions) {
  const [isAddress] = rule.address
  const hasAddresses = (card: unknown) =>
    ['handler', 'install'].every(name => isAddress(Reflect.get(Object(card), name)))
  checkOptions('error-pages', options, {
    card: optional([hasAddresses, 'hold the addresses handler and install']),
    notFound: optional(rule.flag)
  })
  const { notFound: answersAll = true } = options
  if (fastify.hasDecorator('pages')) fastify.pages.addFolder(import.meta.dirname)
  const pages = createErrorPages(fastify, options)
  fastify.decorateRequest('errorCode', null)
  fastify.decorate('errorPages', pages)
  fastify.setErrorHandler(pages.send)
  if (answersAll) await fastify.register(notFound)
}

/** Programs send keys, and whoever writes one reads what is wrong with it. */
const isForDeveloper = (error: Error): boolean =>
  [ApiKeyError, ApiKeyPortalError, MetricsTokenError].some(kind => error instanceof kind)

/** An event, as it comes to the installation page's address; a call does not become one by a field of that name. */
const isEvent = (body: unknown) =>
  typeof body === 'object' && body !== null && 'event' in body && !('PLACEMENT' in body)

/** Whether a link opened this: only then can a link be damaged. */
const isLink = (body: unknown) =>
  typeof body === 'object' && body !== null && 'PLACEMENT' in body && body.PLACEMENT === 'REST_APP_URI'

export default fp(errorPages, { fastify: '5.x', name: 'b24-error-pages' })
