import { setTimeout as wait } from 'node:timers/promises'
import fastify from 'fastify'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { breakAnswer } from './fault.ts'
import { acceptBodies, pathOf, requestParams } from './request-params.ts'
import { timing } from './rest/timing.ts'
import type { RequestRecord, SandboxState } from './state.ts'
import { isExpired } from './tokens.ts'
import type { Token } from './tokens.ts'

/** An answer of the authorization server: HTTP status and JSON body. */
type Answer = [status: number, body: Record<string, unknown>, token: Token | undefined]

const failure = (status: number, error: string, description: string, token?: Token): Answer =>
  [status, { error, error_description: description }, token]

function exchange (state: SandboxState, params: Record<string, unknown>): Answer {
  const { application, tokens } = state
  if (params.grant_type !== 'refresh_token' || !params.client_id || !params.client_secret || !params.refresh_token) {
    return failure(400, 'invalid_request', 'Invalid request')
  }
  // The one error that comes with 200.
  if (params.client_id !== application.clientId) return failure(200, 'wrong_client', 'Wrong client')
  if (params.client_secret !== application.clientSecret) return failure(400, 'invalid_client', 'Invalid client')
  const old = tokens.findByRefresh(String(params.refresh_token))
  if (!old || old.clientId !== application.clientId) return failure(400, 'invalid_grant', 'Invalid grant')
  if (old.uninstalled) return failure(401, 'NOT_INSTALLED', 'Application not installed', old)
  const token = tokens.refresh(old)
  return [200, {
    access_token: token.accessToken,
    client_endpoint: `${token.portal.url}/rest/`,
    // Not the portal: the authorization server names itself here.
    domain: new URL(state.authorizationServer).host,
    expires: token.expiresAt,
    expires_in: 3600,
    member_id: token.portal.memberId,
    refresh_token: token.refreshToken,
    scope: token.portal.scope.join(','),
    server_endpoint: `${state.authorizationServer}/rest/`,
    status: application.status,
    user_id: token.user.id
  }, token]
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
        installed: portal.installed,
        version: String(state.application.version),
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
 * The authorization server of the sandbox: /oauth/token/ and /rest/app.info. Both take GET and POST, their parameters from
 * the query, a form or JSON.
 */
export function authorizationServer (state: SandboxState): FastifyInstance {
  const app = fastify({ routerOptions: { ignoreTrailingSlash: true }, forceCloseConnections: true })
  acceptBodies(app)

  const answer = (respond: typeof exchange, method?: string) => async (request: FastifyRequest, reply: FastifyReply) => {
    const record: RequestRecord = { to: 'oauth', path: pathOf(request), ...(method && { method }) }
    state.requests.push(record)
    await wait(state.trouble.authorizationServerDelay)
    if (breakAnswer(state.trouble.authorizationServer, reply)) return reply
    const [status, body, token] = respond(state, requestParams(request))
    if (token) record.memberId = token.portal.memberId
    return reply.code(status).send(body)
  }

  app.route({ method: ['GET', 'POST'], url: '/oauth/token/', handler: answer(exchange) })
  app.route({ method: ['GET', 'POST'], url: '/rest/app.info', handler: answer(describe, 'app.info') })
  return app
}
