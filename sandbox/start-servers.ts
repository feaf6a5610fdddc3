import { authorizationServer } from './authorization-server.ts'
import { HOST, listen } from './listen.ts'
import type { Portal } from './portal.ts'
import { portalServer } from './portal-server.ts'
import type { SandboxState } from './state.ts'

/** The port of an address that Fastify has given. */
const portOf = (address: string): string => new URL(address).port

/**
 * Starts the authorization server and the servers of two portals, and tells each of them its address. Returns what
 * stops them.
 *
 * @throws the error of the system, with a sentence about what to do, when a port cannot be used; nothing listens then
 * @internal
 */
export async function startServers (
  state: SandboxState, { alpha, beta }: { alpha: Portal, beta: Portal },
  { oauthPort, port }: { oauthPort?: number, port?: number }
): Promise<() => Promise<void>> {
  const servers = { oauth: authorizationServer(state), alpha: portalServer(alpha), beta: portalServer(beta) }
  const close = async (): Promise<void> => {
    await Promise.all(Object.values(servers).map(server => server.close()))
    state.content.close()
  }
  try {
    const [oauthAddress, alphaAddress, betaAddress] = await Promise.all([
      listen(servers.oauth, oauthPort), listen(servers.alpha, port), listen(servers.beta)
    ])
    state.authorizationServer = `http://${HOST}:${portOf(oauthAddress)}`
    alpha.url = `http://localhost:${portOf(alphaAddress)}`
    beta.url = `http://localhost:${portOf(betaAddress)}`
  } catch (error) {
    await close()
    throw error
  }
  return close
}
