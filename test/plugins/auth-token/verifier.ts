import authToken, { type AuthTokenOptions } from '../../../plugins/auth-token/index.ts'
import type { KnownPortal, UnverifiedCall } from '../../../plugins/auth-token/calls.ts'
import type { InstallationStore, PortalAddress, SeenInstallation } from '../../../src/store/installation-store.ts'
import { build, installationOf, type Scope } from '../../build.ts'

export const clientId = 'local.66ba434d853c87.18550109'

type OwnOptions = 'clientId' | 'clientSecret' | 'servers' | 'store' | 'now'

export interface VerifierOptions extends Omit<AuthTokenOptions, OwnOptions> {
  clientId?: string
  get?: InstallationStore['get']
  record?: (portal: PortalAddress, seen: SeenInstallation | undefined) => number | null | Promise<never>
}

/** The plugin in a bare Fastify, over real HTTP: with a clock that the test moves, and portals that it stores. */
export async function verifierFor (t: Scope, servers: readonly string[], options: VerifierOptions = {}) {
  const { get, record, ...changes } = options
  const clock = { now: Date.now() }
  const known = new Map<string, KnownPortal>()
  const recorded: PortalAddress[] = []
  const listeners: Array<(memberId: string) => void> = []
  const app = await build(t, app => app.register(authToken, {
    clientId,
    clientSecret: 'top-secret',
    servers,
    allowInsecurePortals: true,
    now: () => clock.now,
    store: {
      get: get ?? (async memberId => {
        const row = known.get(memberId)
        return row && installationOf(row)
      }),
      async recordPortal (portal, _now, seen) {
        recorded.push(portal)
        return await (record ?? (() => 1))(portal, seen)
      },
      replaceApplicationToken: async () => {},
      onPortalChanged (listener) {
        listeners.push(listener)
        return () => {}
      }
    },
    ...changes
  }))
  const { verify } = app.authToken
  return {
    clock,
    known,
    recorded,
    verify,
    /** The code of the error, or 'verified' */
    outcome: (call: UnverifiedCall): Promise<string> => verify(call).then(() => 'verified', error => error.code),
    /** Says that the installation of a portal has changed, as the store does */
    notify: (memberId: string) => { for (const listener of listeners) listener(memberId) }
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
