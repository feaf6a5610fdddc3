import { setTimeout as wait } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { breakAnswer } from '../fault.ts'
import { authorizePage } from '../oauth-authorize.ts'
import { jsonEncode } from '../php.ts'
import type { Portal } from '../portal.ts'
import { describeRequest, recordRequests } from '../record-requests.ts'
import { pathOf, requestParams } from '../request-params.ts'
import type { Token } from '../tokens.ts'
import { authenticate } from './authenticate.ts'
import { batch } from './batch.ts'
import { OPERATING_SECONDS, RATE } from './licence.ts'
import { methods } from './methods/index.ts'
import { OperatingTime } from './operating-time.ts'
import { Page } from './page.ts'
import { RateLimit } from './rate-limit.ts'
import { RestError } from './rest-error.ts'
import { timing } from './timing.ts'

/** What stops those who call too often or too long. */
export interface RestLimits {
  rate: RateLimit
  operating: OperatingTime
}

/** Parameters that hold the token. */
const TOKEN_NAMES = ['AUTH', 'ACCESS_TOKEN']

function upperCaseNames (params: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name.toUpperCase(), value]))
}

function checkRate ({ state }: Portal, limits: RestLimits, address: string): void {
  if (state.trouble.rest === 'limited' || !limits.rate.take(address)) {
    throw new RestError('QUERY_LIMIT_EXCEEDED', 'Too many requests', 503)
  }
}

/** Runs one method, which may be a part of a batch. `start`, in milliseconds, is when the call began. */
async function call (
  token: Token, limits: RestLimits, name: string, params: Record<string, unknown>, start: number
) {
  const { portal, clientId } = token
  const method = portal.state.methods.get(name.toLowerCase()) ?? methods.get(name.toLowerCase())
  if (!method) throw new RestError('ERROR_METHOD_NOT_FOUND', 'Method not found!', 404)
  if (method.scopes && !method.scopes.some(scope => portal.scope.includes(scope))) {
    throw new RestError('insufficient_scope',
      'The request requires higher privileges than provided by the access token', 401)
  }
  const key = `${clientId} ${name.toLowerCase()}`
  if (portal.state.trouble.rest === 'overtime' || limits.operating.isOver(key)) {
    const used = limits.operating.of(key)
    throw new RestError('OPERATION_TIME_LIMIT', 'Method is blocked due to operation time limit.', 429, {
      time: timing(start, { ...used, operating: Math.max(used.operating, limits.operating.limit) })
    })
  }
  const sent = Object.fromEntries(Object.entries(params).filter(([name]) => !TOKEN_NAMES.includes(name.toUpperCase())))
  const answer = await method.run({ params: upperCaseNames(params), sent, token })
  limits.operating.add(key, Date.now() - start)
  return { answer, time: timing(start, limits.operating.of(key)) }
}

/**
 * REST of one portal: /rest/<method>[.json] by GET or POST, open to pages of every origin; and the page that gives
 * codes.
 */
export function rest (
  app: FastifyInstance, portal: Portal, limits: RestLimits = {
    rate: new RateLimit(RATE), operating: new OperatingTime(OPERATING_SECONDS)
  }
): void {
  const { state } = portal

  recordRequests(app, state, 'portal', path => path.startsWith('/rest/') || path.startsWith('/oauth/'))
  authorizePage(app, portal)

  app.options('/rest/*', (_request, reply) => reply
    .header('Access-Control-Allow-Origin', '*')
    .header('Access-Control-Allow-Methods', 'GET, POST, OPTIONS')
    .header('Access-Control-Allow-Headers', 'origin, content-type, accept')
    .code(204).send())

  app.route({
    method: ['GET', 'POST'],
    url: '/rest/*',
    async handler (request, reply) {
      const method = pathOf(request).slice('/rest/'.length).replace(/\.json$|\/$/, '')
      describeRequest(state, request, { name: method })
      reply.header('Access-Control-Allow-Origin', '*').header('X-Content-Type-Options', 'nosniff')
      await wait(state.trouble.restDelay)
      const fault = breakAnswer(state.trouble.rest, reply)
      if (fault !== undefined) {
        describeRequest(state, request, { outcome: fault })
        return reply
      }
      // A portal that is made to wait has not worked.
      const start = Date.now()
      reply.type('application/json; charset=utf-8')
      const sent = requestParams(request)
      const params = upperCaseNames(sent)
      try {
        checkRate(portal, limits, request.ip)
        const token = authenticate(portal, request, params)
        describeRequest(state, request, { memberId: portal.memberId })
        if (state.trouble.rest === 'unpaid') throw new RestError('PAYMENT_REQUIRED', 'Payment required', 401)
        if (method.toLowerCase() === 'batch') {
          const result = await batch(params, (name, values) => call(token, limits, name, values, Date.now()))
          return reply.send(jsonEncode({ result, time: timing(start) }))
        }
        const { answer, time } = await call(token, limits, method, sent, start)
        return reply.send(jsonEncode(answer instanceof Page
          ? { result: answer.result, ...answer.extra, time }
          : { result: answer, time }))
      } catch (error) {
        if (!(error instanceof RestError)) throw error
        const { code, message, status, body } = error
        describeRequest(state, request, { outcome: code || message })
        return reply.code(status).send(jsonEncode(body))
      }
    }
  })
}
