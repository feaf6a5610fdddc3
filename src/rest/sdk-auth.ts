import type { B24OAuthParams, CustomRefreshAuth } from '@bitrix24/b24jssdk'
import type { RestCredentials } from './rest-interface.ts'

const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000)

/** What the SDK is told of who calls: never a refresh token, so that it cannot renew by itself. */
export function authOf (credentials: RestCredentials): B24OAuthParams {
  return {
    applicationToken: '',
    userId: credentials.userId,
    memberId: credentials.memberId,
    accessToken: credentials.accessToken,
    refreshToken: '',
    expires: seconds(credentials.expiresAt),
    expiresIn: 3600,
    scope: credentials.scope.join(','),
    domain: credentials.domain,
    // The SDK puts a slash of its own before the method.
    clientEndpoint: credentials.clientEndpoint.replace(/\/$/, ''),
    serverEndpoint: credentials.serverEndpoint,
    status: 'L'
  }
}

/** The answer of a renewal, in the words of the authorization server. */
export function refreshOf (credentials: RestCredentials): Awaited<ReturnType<CustomRefreshAuth>> {
  const { clientEndpoint, serverEndpoint, domain, memberId } = credentials
  return {
    access_token: credentials.accessToken,
    refresh_token: '',
    expires: String(seconds(credentials.expiresAt)),
    expires_in: '3600',
    client_endpoint: clientEndpoint,
    server_endpoint: serverEndpoint,
    domain,
    member_id: memberId,
    scope: credentials.scope.join(','),
    status: 'L'
  }
}
