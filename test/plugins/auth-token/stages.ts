import { createAuthorizationServers } from '../../../plugins/auth-token/authorization-server.ts'
import { createHttpClient } from '../../../src/http/http-client.ts'
import type { PortalAddress } from '../../../src/store/installation-store.ts'
import { createProofCache } from '../../../plugins/auth-token/proof-cache.ts'
import { createProofLimit } from '../../../plugins/auth-token/rate-limit.ts'
import type { KnownPortal, VerifyDependencies } from '../../../plugins/auth-token/verify-call.ts'

export const clientId = 'local.66ba434d853c87.18550109'

/** What the ladder of trust needs, over real HTTP: a clock that the test moves, and portals that it stores. */
export interface Ladder {
  deps: VerifyDependencies
  clock: { now: number }
  known: Map<string, KnownPortal>
  recorded: PortalAddress[]
}

export function ladderFor (t: { after: (fn: () => unknown) => void }, servers: string[], changes: Partial<VerifyDependencies> = {}, timeout = 5000): Ladder {
  const { post, close } = createHttpClient({ timeout })
  t.after(close)
  const clock = { now: Date.now() }
  const now = () => clock.now
  const known = new Map<string, KnownPortal>()
  const recorded: PortalAddress[] = []
  return {
    clock,
    known,
    recorded,
    deps: {
      clientId,
      servers,
      authorizationServers: createAuthorizationServers({ post, clientId, clientSecret: 'top-secret', now }),
      find: async memberId => known.get(memberId),
      record: async portal => { recorded.push(portal) },
      cache: createProofCache(),
      limit: createProofLimit({ now }),
      pending: new Map(),
      policy: 'when-present',
      allowInsecurePortals: true,
      now,
      ...changes
    }
  }
}

/** What app.info answers of a good token. */
export function appInfo ({ result, install }: { result?: object, install?: object } = {}) {
  return {
    result: {
      client_id: clientId,
      expires: Math.floor(Date.now() / 1000) + 3600,
      user_id: '1',
      install: {
        installed: true,
        status: 'L',
        scope: 'crm,user',
        domain: 'portal.example',
        client_endpoint: 'https://portal.example/rest/',
        member_id: 'm1',
        ...install
      },
      ...result
    }
  }
}
