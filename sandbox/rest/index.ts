import { setTimeout as wait } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { breakAnswer } from '../fault.ts'
import { authorizePage } from '../oauth-authorize.ts'
import { jsonEncode } from '../php.ts'
import type { Portal } from '../portal.ts'
import { describeRequest, recordRequests } from '../record-requests.ts'
import { pathOf, requestParams } from '../request-params.ts'
import type { Token } from '../tokens.ts'
import { admit, upperCaseNames } from './admit.ts'
import type { RestLimits } from './admit.ts'
import { batch } from './batch.ts'
import { call } from './call.ts'
import { FileAnswer, sendFile } from './file-answer.ts'
import { OperatingTime } from './operating-time.ts'
import { Page } from './page.ts'
import { RateLimit } from './rate-limit.ts'
import { RestError } from './rest-error.ts'
import { timing } from './timing.ts'
import { restV3 } from './v3/index.ts'
import { xmlEncode } from './xml.ts'

/** The method that a request calls, and how it wants its answer. */
function calledBy (request: FastifyRequest): { method: string, isXml: boolean } {
  const [, method = '', format] = /^\/rest\/(?:api\/)?(.*?)(?:\.(json|xml)|\/)?$/.exec(pathOf(request)) ?? []
  return { method, isXml: format === 'xml' }
}

/** Writes an answer as JSON, or as XML to those who have called `<method>.xml`. */
function answerWith (reply: FastifyReply, isXml: boolean, body: object): FastifyReply {
  return isXml
    ? reply.type('text/xml; charset=utf-8').send(xmlEncode({ response: body }))
    : reply.type('application/json; charset=utf-8').send(jsonEncode(body))
}

/** The answer to a batch. All of its commands are calls of the same connector. */
async function runBatch (
  token: Token, limits: RestLimits, sent: Record<string, unknown>, start: number, notes: string[]
): ReturnType<typeof call> {
  const params = upperCaseNames(sent)
  const { AUTH_CONNECTOR } = params
  const answer = await batch(params, (name, values) =>
    call(token, limits, name, { AUTH_CONNECTOR, ...values }, Date.now(), notes))
  // It counts for nothing itself.
  return { answer, time: timing(start, limits.operating.of(`${token.clientId} batch`)) }
}

/**
 * REST of one portal: /rest/<method>[.json|.xml] by GET or POST, open to pages of every origin; REST 3.0 below
 * /rest/api/; and the page that gives codes.
 */
export function rest (
  app: FastifyInstance, portal: Portal,
  limits: RestLimits = { rate: new RateLimit(), operating: new OperatingTime() }
): void {
  const { state } = portal

  recordRequests(app, state, 'portal', path => path.startsWith('/rest/') || path.startsWith('/oauth/'))
  authorizePage(app, portal)

  app.options('/rest/*', (_request, reply) => reply
    .header('Access-Control-Allow-Origin', '*')
    .header('Access-Control-Allow-Methods', 'GET, POST, OPTIONS')
    .header('Access-Control-Allow-Headers', 'origin, content-type, accept')
    .code(204).send())

  app.addHook('preHandler', async (request, reply) => {
    if (request.method === 'OPTIONS' || !pathOf(request).startsWith('/rest/')) return
    describeRequest(state, request, { name: calledBy(request).method })
    reply.header('Access-Control-Allow-Origin', '*').header('X-Content-Type-Options', 'nosniff')
    await wait(state.trouble.restDelay)
    const outcome = breakAnswer(state.trouble.rest, reply)
    if (outcome === undefined) return
    describeRequest(state, request, { outcome })
    return reply
  })
  restV3(app, portal, limits)

  app.route({
    method: ['GET', 'POST'],
    url: '/rest/*',
    async handler (request, reply) {
      const { method, isXml } = calledBy(request)
      // The delay of `trouble.restDelay` is not time that the method has used.
      const start = Date.now()
      const sent = requestParams(request)
      const notes: string[] = []
      try {
        const token = admit(portal, limits, request, sent)
        describeRequest(state, request, { memberId: portal.memberId })
        const { answer, time } = method.toLowerCase() === 'batch'
          ? await runBatch(token, limits, sent, start, notes)
          : await call(token, limits, method, sent, start, notes)
        if (notes.length > 0) describeRequest(state, request, { outcome: notes.join(', ') })
        if (answer instanceof FileAnswer) return sendFile(reply, answer)
        return answerWith(reply, isXml, answer instanceof Page
          ? { result: answer.result, ...answer.extra, time }
          : { result: answer, time })
      } catch (error) {
        if (!(error instanceof RestError)) throw error
        describeRequest(state, request, { outcome: [error.code || error.message, ...notes].join(': ') })
        return answerWith(reply.code(error.status), isXml, error.body)
      }
    }
  })
}
