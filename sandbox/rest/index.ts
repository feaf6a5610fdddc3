import type { FastifyInstance, FastifyRequest } from 'fastify'
import { breakAnswer } from '../fault.ts'
import { jsonEncode } from '../php.ts'
import type { Portal } from '../portal.ts'
import { pathOf, requestParams } from '../request-params.ts'
import type { RequestRecord } from '../state.ts'
import { isExpired } from '../tokens.ts'
import type { Token } from '../tokens.ts'
import { batch } from './batch.ts'
import { applicationMethods } from './methods/application.ts'
import { eventMethods } from './methods/event.ts'
import { placementMethods } from './methods/placement.ts'
import { userMethods } from './methods/user.ts'
import { RestError } from './rest-error.ts'
import { text } from './rest-method.ts'
import { timing } from './timing.ts'

const methods = new Map(Object.entries({ ...applicationMethods, ...userMethods, ...placementMethods, ...eventMethods }))

/** The token of the header, else of the parameters `auth` or `access_token`. */
function authenticate (portal: Portal, request: FastifyRequest, params: Record<string, unknown>): Token {
  const [, bearer] = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '') ?? []
  const token = portal.state.tokens.find(bearer ?? text(params.AUTH ?? params.ACCESS_TOKEN))
  if (!token || token.portal !== portal) throw new RestError('NO_AUTH_FOUND', 'Wrong authorization data', 401)
  if (token.uninstalled) throw new RestError('APPLICATION_NOT_FOUND', 'Application not found', 401)
  if (isExpired(token)) throw new RestError('expired_token', 'The access token provided has expired.', 401)
  return token
}

function upperCaseNames (params: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name.toUpperCase(), value]))
}

function call (token: Token, name: string, params: Record<string, unknown>): unknown {
  const method = methods.get(name.toLowerCase())
  if (!method) throw new RestError('ERROR_METHOD_NOT_FOUND', 'Method not found!', 404)
  if (method.scopes && !method.scopes.some(scope => token.portal.scope.includes(scope))) {
    throw new RestError('insufficient_scope', 'The request requires higher privileges than provided by the access token', 401)
  }
  return method.run({ params: upperCaseNames(params), token })
}

/** REST of one portal: /rest/<method>[.json] by GET or POST, open to pages of every origin. */
export function rest (app: FastifyInstance, portal: Portal): void {
  const { state } = portal

  app.options('/rest/*', (_request, reply) => reply
    .header('Access-Control-Allow-Origin', '*')
    .header('Access-Control-Allow-Methods', 'GET, POST, OPTIONS')
    .header('Access-Control-Allow-Headers', 'origin, content-type, accept')
    .code(204).send())

  app.route({
    method: ['GET', 'POST'],
    url: '/rest/*',
    async handler (request, reply) {
      const start = Date.now()
      const method = pathOf(request).slice('/rest/'.length).replace(/\.json$|\/$/, '')
      const record: RequestRecord = { to: 'rest', path: pathOf(request), method }
      state.requests.push(record)
      reply.header('Access-Control-Allow-Origin', '*').header('X-Content-Type-Options', 'nosniff')
      if (breakAnswer(state.trouble.rest, reply)) return reply
      reply.type('application/json; charset=utf-8')
      const params = upperCaseNames(requestParams(request))
      try {
        const token = authenticate(portal, request, params)
        record.memberId = portal.memberId
        const execute = (name: string, values: Record<string, unknown>) => call(token, name, values)
        const result = method.toLowerCase() === 'batch' ? batch(params, execute) : execute(method, params)
        return reply.send(jsonEncode({ result, time: timing(start) }))
      } catch (error) {
        // Anything else has no status, and ends as a 500.
        const { status, body } = error as RestError
        return reply.code(status).send(jsonEncode(body))
      }
    }
  })
}
