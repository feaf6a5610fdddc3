import type { FastifyBaseLogger } from 'fastify'
import type { AuthorizationServers } from '../auth-token/authorization-server.ts'
import { isSpent } from './refresh-state.ts'

export interface CheckClientOptions {
  authorizationServers: Pick<AuthorizationServers, 'refresh'>
  /** Origins of the authorization servers that may be asked */
  servers: readonly string[]
  log: Pick<FastifyBaseLogger, 'error'>
}

// A server looks at who asks before it looks at what for.
const madeUp = 'made-up-to-check-the-client'

/**
 * Says in one line when the authorization servers do not know the application, or know it by another secret; else that shows
 * when the first pair has to be refreshed. Each is asked with a made-up refresh token; one that does not answer says nothing.
 */
export async function checkClient ({ authorizationServers, servers, log }: CheckClientOptions): Promise<void> {
  const answers = await Promise.all(servers.map(async server => {
    const said = await authorizationServers.refresh(server, madeUp, '').catch(() => undefined)
    return said !== undefined && 'error' in said ? said.error : undefined
  }))
  // Not every server knows every application.
  if (answers.some(code => code !== undefined && isSpent(code))) return
  const isUnknown = answers.every(code => code === 'wrong_client')
  if (answers.includes('invalid_client')) log.error({ code: 'invalid_client' }, 'B24_CLIENT_SECRET is not the secret of B24_CLIENT_ID: compare both with the application\'s card. No tokens can be refreshed')
  if (isUnknown) log.error({ code: 'wrong_client' }, 'no server of B24_OAUTH_SERVERS knows B24_CLIENT_ID: compare it with the application\'s card. No tokens can be refreshed')
}
