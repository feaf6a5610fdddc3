import type { FastifyRequest } from 'fastify'
import type { Portal } from '../portal.ts'
import { isExpired } from '../tokens.ts'
import type { Token } from '../tokens.ts'
import { RestError } from './rest-error.ts'
import { text } from './rest-method.ts'

/**
 * The token of the header, else of the parameters `auth` or `access_token`.
 *
 * @throws RestError when nobody may call with it
 */
export function authenticate (portal: Portal, request: FastifyRequest, params: Record<string, unknown>): Token {
  const [, bearer] = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '') ?? []
  const token = portal.state.tokens.find(bearer ?? text(params.AUTH ?? params.ACCESS_TOKEN))
  if (!token || token.portal.url !== portal.url) throw new RestError('NO_AUTH_FOUND', 'Wrong authorization data', 401)
  if (token.uninstalled) throw new RestError('APPLICATION_NOT_FOUND', 'Application not found', 401)
  if (isExpired(token)) throw new RestError('expired_token', 'The access token provided has expired.', 401)
  if (portal.state.trouble.access === 'denied' && !token.user.admin) {
    throw new RestError('user_access_error', 'The user does not have access to the application.', 401)
  }
  return token
}
