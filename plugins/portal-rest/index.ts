import { setTimeout as wait } from 'node:timers/promises'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { LRUCache } from 'lru-cache'
import { AuthIdMissingError } from '../../src/errors.ts'
import type { InsecurePortals } from '../../src/http/insecure-portals.ts'
import { checkOptions, optional, rule } from '../../src/schemas/plugin-options.ts'
import type { InstallationStore, PortalAddress } from '../../src/store/installation-store.ts'
import { createPortalConnections } from './connections.ts'
import { createConfirmAddress } from './portal-address.ts'
import { createPortalRest, openPortalRest, usable } from './portal-rest.ts'
import type { PortalRest, RestCredentials } from './rest-interface.ts'

export interface PortalRestOptions {
  /** Keeps the address of a portal that has moved */
  store: Pick<InstallationStore, 'recordPortal'>
  /** Lets portals with http: or private addresses through: all, or those hosts. Default false */
  allowInsecurePortals?: InsecurePortals
}

/** The REST interface of a portal, for what no user asks for. */
export interface InstalledPortal {
  /** As the application's system user, if the portal has one that can be used; else as the administrator */
  rest: PortalRest
  /** As the administrator whose tokens are stored: for what an ordinary employee may not do, such as binding */
  adminRest: PortalRest
}

declare module 'fastify' {
  interface PlacementAbilities {
    /** The portal's REST interface, as the user who opened the widget; good as long as their token is */
    rest: PortalRest
  }
  interface FastifyInstance {
    /** A portal as the installation sees it, without a user who calls. */
    portal: (memberId: string) => InstalledPortal
    portalRest: {
      /** The REST interface for the user of a verified call, as long as their token is good. */
      ofUser: (request: FastifyRequest) => PortalRest
      /** The REST interface for whoever has an access token, as long as that is good. */
      open: (credentials: RestCredentials) => PortalRest
      /** Asks the portal, once a request, whether the user is an administrator; sets `request.isPortalAdmin`. */
      isAdmin: (request: FastifyRequest) => Promise<boolean>
      /** Asks the portal whether the user of a verified call is one of its administrators. */
      isAdminOf: (call: RestCredentials) => Promise<boolean>
    }
  }
  interface FastifyRequest {
    /** Whether the portal has called the user an administrator; false until it was asked */
    isPortalAdmin: boolean
  }
}

// Portals whose clients, addresses and blocked methods are kept.
const maxPortals = 500
// Methods of one portal. An application calls fewer.
const maxBlocked = 100
// Milliseconds
const idleTime = 600_000
// Milliseconds. A portal that does not answer in time has not said yes.
const adminPatience = 2000

/** REST for handlers: as the installation, with tokens that are refreshed, or as the user who calls. */
async function portalRest (fastify: FastifyInstance, options: PortalRestOptions) {
  checkOptions('portal-rest', options, {
    store: rule.storeWith('recordPortal'), allowInsecurePortals: optional(rule.insecurePortals)
  })
  const { store, allowInsecurePortals = false } = options
  const shared = { connections: createPortalConnections({ allowInsecurePortals }), application: fastify.authToken }
  const clients = new LRUCache<string, InstalledPortal>({
    max: maxPortals, ttl: idleTime, ttlAutopurge: true, updateAgeOnGet: true
  })
  // What a portal has blocked is blocked for all its users.
  const blocked = new LRUCache<string, LRUCache<string, number>>({
    max: maxPortals, memoMethod: () => new LRUCache({ max: maxBlocked })
  })
  const confirmAddress = createConfirmAddress(fastify.authToken, store, maxPortals)
  const users = new WeakMap<FastifyRequest, PortalRest>()
  const asked = new WeakMap<FastifyRequest, Promise<boolean>>()
  fastify.addHook('onClose', async () => {
    clients.clear()
    await shared.connections.close()
  })

  function openInstalled (memberId: string, pair: 'holder' | 'preferred'): PortalRest {
    async function credentials (refused?: string): Promise<RestCredentials> {
      const { tokens: { accessToken, expiresAt }, userId, ...row } = await fastify.tokens[pair](memberId, refused)
      return { ...row, accessToken, expiresAt, userId: userId ?? 0 }
    }
    const moved = async () => await confirmAddress(await credentials())
    const userRefused = ({ userId }: RestCredentials, code: string) =>
      fastify.tokens.systemUserRefused(memberId, userId, code)
    return createPortalRest({ credentials, moved, userRefused }, { ...shared, blocked: blocked.memo(memberId) })
  }

  function openPortal (memberId: string): InstalledPortal {
    const portal = { rest: openInstalled(memberId, 'preferred'), adminRest: openInstalled(memberId, 'holder') }
    clients.set(memberId, portal)
    return portal
  }

  function openUser (request: FastifyRequest): PortalRest {
    let address: Partial<PortalAddress> = {}
    const credentials = async (refused?: string): Promise<RestCredentials> => {
      if (request.verifiedCall === null) throw new AuthIdMissingError()
      return usable({ ...request.verifiedCall, ...address }, refused)
    }
    const moved = async () => { address = await confirmAddress(await credentials()) }
    return createPortalRest({ credentials, moved }, {
      ...shared, blocked: blocked.memo(request.verifiedCall?.memberId ?? '')
    })
  }

  function ofUser (request: FastifyRequest): PortalRest {
    const rest = users.get(request) ?? openUser(request)
    users.set(request, rest)
    return rest
  }

  async function isAdminOf (call: RestCredentials): Promise<boolean> {
    const asking = openPortalRest(call, shared).batch({ profile: { method: 'profile', params: {} } })
    const answers = await Promise.race([asking, wait(adminPatience, undefined, { ref: false })]).catch(() => undefined)
    const profile = answers?.['profile']
    return profile !== undefined && 'ok' in profile && (profile.ok as { ADMIN?: boolean } | null)?.ADMIN === true
  }

  async function ask (request: FastifyRequest): Promise<boolean> {
    const { verifiedCall } = request
    request.isPortalAdmin = verifiedCall !== null && await isAdminOf(verifiedCall)
    return request.isPortalAdmin
  }

  function isAdmin (request: FastifyRequest): Promise<boolean> {
    const answer = asked.get(request) ?? ask(request)
    asked.set(request, answer)
    return answer
  }

  fastify.decorateRequest('isPortalAdmin', false)
  fastify.decorate('portal', memberId => clients.get(memberId) ?? openPortal(memberId))
  fastify.decorate('portalRest', {
    ofUser,
    open: credentials => openPortalRest(credentials, shared),
    isAdmin,
    isAdminOf
  })
}

export default fp(portalRest, {
  fastify: '5.x', name: 'b24-portal-rest', dependencies: ['b24-auth-token', 'b24-tokens']
})
