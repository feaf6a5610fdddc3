import type { Portal, Sandbox } from '../../../sandbox/index.ts'
import {
  createAuthorizationServers, type AuthorizationServers
} from '../../../plugins/auth-token/authorization-server.ts'
import { createHttpClient } from '../../../src/http/http-client.ts'
import { createKeyRing } from '../../../src/crypto/keys.ts'
import type { InstallationStore, RefreshState, TokenPair } from '../../../src/store/installation-store.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { createRefresher, type Refresher } from '../../../plugins/tokens/refresher.ts'
import { createTokenService, type TokenService } from '../../../plugins/tokens/token-service.ts'
import { sandboxFor } from '../../sandbox/helper.ts'

interface Scope { after: (fn: () => unknown) => void }
type Line = [level: string, message: string]

export interface Given {
  /** Another store around the real one */
  around?: (store: InstallationStore) => InstallationStore
  /** In place of the authorization server's answer to a refresh */
  refreshAnswer?: AuthorizationServers['refresh']
  /** A sandbox that is there already */
  sandbox?: Sandbox
  /** Origin of another authorization server than that of the sandbox */
  server?: string
  clientSecret?: string
  /** Milliseconds */
  leaseTime?: number
  /** Milliseconds that a caller waits */
  patience?: number
  /** Milliseconds that a server is given for a refresh */
  refreshTimeout?: number
  /** Milliseconds that the clock is ahead */
  ahead?: { ms: number }
}

/** A portal of the sandbox on a store in memory, and what refreshes its tokens. */
export interface World {
  sandbox: Sandbox
  memberId: string
  store: InstallationStore
  refresher: Refresher
  service: TokenService
  dependencies: Parameters<typeof createRefresher>[0]
  log: Line[]
  now: () => number
  /** Stores a pair of the administrator of that portal, expired unless the seconds say otherwise. */
  install: (expiresIn?: number, portal?: Portal) => Promise<TokenPair>
  /** The service in one more process, as far as the store can tell */
  another: () => TokenService
  refresh: () => Promise<RefreshState | null | undefined>
  /** How often the authorization server was asked for a refresh */
  asked: () => number
}

export async function worldFor (t: Scope, {
  around = store => store,
  refreshAnswer,
  sandbox: given,
  server,
  clientSecret,
  leaseTime = 20_000,
  patience = 30_000,
  refreshTimeout = 10_000,
  ahead = { ms: 0 }
}: Given = {}): Promise<World> {
  const sandbox = given ?? await sandboxFor(t)
  const { alpha } = sandbox.portals
  alpha.installed = true
  const real = await openStore({
    url: 'sqlite::memory:', keyRing: createKeyRing(Buffer.alloc(32, 1).toString('base64'))
  })
  t.after(() => real.close())
  const store = around(real)
  const http = createHttpClient({ timeout: 10_000 })
  t.after(http.close)
  const now = () => Date.now() + ahead.ms
  const servers = [server ?? sandbox.authorizationServer]
  const log: Line[] = []
  const line = (level: string) => (...[, message]: unknown[]) => { log.push([level, String(message)]) }
  const asked = createAuthorizationServers({
    post: http.post, clientId: sandbox.clientId, clientSecret: clientSecret ?? sandbox.clientSecret, refreshTimeout, now
  })
  const authorizationServers = { ...asked, ...(refreshAnswer && { refresh: refreshAnswer }) }
  const dependencies = {
    store,
    authorizationServers,
    clientId: sandbox.clientId,
    servers,
    log: { info: line('info'), warn: line('warn'), error: line('error') },
    delays: [5, 5],
    settleTime: 20,
    now
  }
  const refresher = createRefresher(dependencies)
  const another = () => createTokenService({ store, refresher, leaseTime, patience, now })
  return {
    sandbox,
    memberId: alpha.memberId,
    store,
    refresher,
    service: another(),
    dependencies,
    log,
    now,
    another,
    async install (expiresIn = -60, portal = alpha) {
      const { accessToken, refreshToken, expiresAt } = portal.grant(portal.users.admin, { expiresIn })
      const pair = { accessToken, refreshToken, expiresAt: expiresAt * 1000 }
      await real.install({
        memberId: portal.memberId,
        domain: portal.domain,
        clientEndpoint: `${portal.url}/rest/`,
        serverEndpoint: `${servers[0]}/rest/`,
        scope: portal.scope,
        status: 'L',
        applicationToken: null,
        tokens: pair,
        userId: 1
      }, Date.now())
      return pair
    },
    refresh: async () => (await real.get(alpha.memberId))?.refresh,
    asked: () => sandbox.requests.filter(({ name }) => name === 'refresh_token').length
  }
}
