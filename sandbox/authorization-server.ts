import { setTimeout as wait } from 'node:timers/promises'
import fastify from 'fastify'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { breakAnswer, cutConnection } from './fault.ts'
import { guardHost } from './host-guard.ts'
import type { Portal } from './portal.ts'
import { describeRequest, recordRequests } from './record-requests.ts'
import { acceptBodies, requestParams } from './request-params.ts'
import { timing } from './rest/timing.ts'
import type { SandboxState } from './state.ts'
import { isExpired } from './tokens.ts'
import type { Token } from './tokens.ts'

/** An answer of the authorization server: HTTP status and JSON body. */
type Answer = [status: number, body: Record<string, unknown>, token: Token | undefined]

const failure = (status: number, error: string, description: string, token?: Token): Answer =>
  [status, { error, error_description: description }, token]

/** The answer to whoever got a new pair. Only a refresh names the user and the end of the access token. */
function pairAnswer (state: SandboxState, token: Token, refreshed: boolean): Answer {
  return [200, {
    access_token: token.accessToken,
    client_endpoint: `${token.portal.url}/rest/`,
    // Not the portal: the authorization server names itself here.
    domain: new URL(state.authorizationServer).host,
    ...(refreshed && { expires: token.expiresAt }),
    expires_in: 3600,
    member_id: token.portal.memberId,
    refresh_token: token.refreshToken,
    scope: token.portal.scope.join(','),
    server_endpoint: `${state.authorizationServer}/rest/`,
    status: state.application.status,
    ...(refreshed && { user_id: token.user.id })
  }, token]
}

/**
 * Refuses to hand out tokens once the paid period is over, and more rights than the application's card on the portal
 * has.
 */
function pairWithin (asked: unknown, { scope, state: { trouble } }: Portal, answer: () => Answer): Answer {
  if (trouble.rest === 'unpaid') return failure(401, 'PAYMENT_REQUIRED', 'Payment required')
  const isWithin = String(asked ?? '').split(/[\s,]+/).every(item => item === '' || scope.includes(item))
  return isWithin ? answer() : failure(403, 'invalid_scope', 'Invalid scope')
}

/** With this refresh token a service asks whether its client is known. It is refused, as it was never issued. */
const MADE_UP = 'made-up-to-check-the-client'

function refresh (state: SandboxState, refreshToken: string, asked: unknown): Answer {
  const { application, tokens } = state
  const old = tokens.findByRefresh(refreshToken)
  if (!old || old.clientId !== application.clientId) return failure(400, 'invalid_grant', 'Invalid grant')
  if (old.uninstalled) return failure(401, 'NOT_INSTALLED', 'Application not installed', old)
  return pairWithin(asked, old.portal, () => pairAnswer(state, tokens.refresh(old), true))
}

function redeem (state: SandboxState, code: string, asked: unknown): Answer {
  const token = state.tokens.exchangeCode(code)
  if (!token) return failure(400, 'invalid_grant', 'Invalid grant')
  return pairWithin(asked, token.portal, () => pairAnswer(state, token, false))
}

/** The grants and the parameter that each of them needs. */
const GRANTS = new Map([
  ['refresh_token', { parameter: 'refresh_token', answer: refresh }],
  ['authorization_code', { parameter: 'code', answer: redeem }]
])

function exchange (state: SandboxState, params: Record<string, unknown>): Answer {
  const { application } = state
  const grant = GRANTS.get(String(params.grant_type))
  const proof = grant && params[grant.parameter]
  if (!proof || !params.client_id || !params.client_secret) return failure(400, 'invalid_request', 'Invalid request')
  // The one error that comes with 200.
  if (params.client_id !== application.clientId) return failure(200, 'wrong_client', 'Wrong client')
  if (params.client_secret !== application.clientSecret) return failure(400, 'invalid_client', 'Invalid client')
  return grant.answer(state, String(proof), params.scope)
}

function describe (state: SandboxState, params: Record<string, unknown>): Answer {
  const start = Date.now()
  const token = state.tokens.find(String(params.auth))
  if (!token) return failure(401, 'NO_AUTH_FOUND', 'Wrong authorization data')
  if (token.uninstalled) return failure(401, 'NOT_INSTALLED', 'Application not installed', token)
  if (isExpired(token)) return failure(401, 'expired_token', 'The access token provided has expired.', token)
  const { portal } = token
  const scope = portal.scope.join(',')
  return [200, {
    result: {
      client_id: token.clientId,
      scope,
      expires: new Date(token.expiresAt * 1000).toISOString().replace('.000Z', '+00:00'),
      install: {
        installed: portal.installed && state.trouble.installation === 'none',
        version: String(portal.version),
        status: state.application.status,
        scope,
        domain: token.domain,
        uri: `http://${token.domain}`,
        client_endpoint: `${portal.url}/rest/`,
        member_id: portal.memberId,
        member_type: 'user'
      },
      user_id: String(token.user.id)
    },
    time: timing(start)
  }, token]
}

/**
 * The authorization server of the sandbox: /oauth/token/ and /rest/app.info. Both take GET and POST, their parameters
 * from the query, a form or JSON.
 */
export function authorizationServer (state: SandboxState): FastifyInstance {
  const app = fastify({ routerOptions: { ignoreTrailingSlash: true }, forceCloseConnections: true })
  acceptBodies(app)
  recordRequests(app, state, 'authorization server', () => true)
  guardHost(app)

  const answer = (respond: typeof exchange, method?: string) =>
    async (request: FastifyRequest, reply: FastifyReply) => {
      const params = requestParams(request)
      const isClientCheck = params.refresh_token === MADE_UP
      describeRequest(state, request, { name: isClientCheck ? 'client check' : method ?? String(params.grant_type) })
      await wait(state.trouble.authorizationServerDelay)
      const fault = breakAnswer(state.trouble.authorizationServer, reply)
      if (fault !== undefined) {
        describeRequest(state, request, { outcome: fault })
        return reply
      }
      const [status, body, token] = respond(state, params)
      if (token) describeRequest(state, request, { memberId: token.portal.memberId })
      const isKnown = isClientCheck && body.error === 'invalid_grant'
      const outcome = isKnown ? 'invalid_grant, as it should be: client and secret are known' : String(body.error)
      if (body.error) describeRequest(state, request, { outcome })
      // The pair is refreshed and lost on its way: the application holds a refresh token that is spent.
      if (state.trouble.refresh === 'cut' && params.grant_type === 'refresh_token' && status === 200 && !body.error) {
        describeRequest(state, request, { outcome: cutConnection(reply) })
        return reply
      }
      return reply.code(status).send(body)
    }

  app.route({ method: ['GET', 'POST'], url: '/oauth/token/', handler: answer(exchange) })
  app.route({ method: ['GET', 'POST'], url: '/rest/app.info', handler: answer(describe, 'app.info') })
  return app
}
