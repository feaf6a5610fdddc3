import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { LRUCache } from 'lru-cache'
import { AuthIdMissingError, NotInstalledError, StoreUnavailableError } from '../../src/errors.ts'
import type { InsecurePortals } from '../../src/http/insecure-portals.ts'
import { createPortalConnections } from './portal-connections.ts'
import { createPortalRest, openPortalRest, usable, type PortalRest, type RestCredentials } from './portal-rest.ts'
import type { PortalAddress } from '../../src/store/installation-store.ts'

export interface PortalRestOptions {
  /** Told where a portal is that has moved */
  record: (portal: PortalAddress) => Promise<void>
  /** Lets portals with http: or private addresses through: all, or those hosts. Default false */
  allowInsecurePortals?: InsecurePortals
  /** Portals whose clients are kept. Default 500 */
  maxClients?: number
  /** Milliseconds without a call after which a client is closed. Default 10 min */
  idleTime?: number
}

declare module 'fastify' {
  interface FastifyInstance {
    /** A portal as the installation sees it. The rights are those of the administrator who installed, or brought the tokens back. */
    portal: (memberId: string) => { rest: PortalRest }
    /** The REST interface for the user of a proven call, as long as their token is good. */
    userRest: (request: FastifyRequest) => PortalRest
    /** The REST interface for whoever has an access token, as long as that is good */
    openPortalRest: (credentials: RestCredentials) => PortalRest
  }
}

// Milliseconds
const confirmedTime = 60_000
// Methods of one portal. An application calls fewer.
const maxBlocked = 100

/** REST for handlers: as the installation, with tokens that are refreshed, or as the user, with the one of the call. */
async function portalRest (fastify: FastifyInstance, { record, allowInsecurePortals = false, maxClients = 500, idleTime = 600_000 }: PortalRestOptions) {
  const connections = createPortalConnections({ allowInsecurePortals })
  const clients = new LRUCache<string, PortalRest>({ max: maxClients, ttl: idleTime, ttlAutopurge: true, updateAgeOnGet: true })
  // What a portal has blocked is blocked for all its users.
  const blocked = new LRUCache<string, LRUCache<string, number>>({ max: maxClients, memoMethod: () => new LRUCache({ max: maxBlocked }) })
  // A portal that redirects for ever is asked about once in a while, however many call it.
  const addresses = new LRUCache<string, Promise<PortalAddress>>({ max: maxClients, ttl: confirmedTime })
  fastify.addHook('onClose', async () => {
    clients.clear()
    await connections.close()
  })

  /** A portal that redirects has been renamed, or somebody else answers there now: only the authorization server knows. */
  async function askAddress ({ memberId, accessToken, serverEndpoint }: RestCredentials): Promise<PortalAddress> {
    fastify.authToken.forget(memberId)
    const proven = await fastify.authToken.verify({ memberId, authId: accessToken, applicationToken: '', serverEndpoint, ip: '', installing: true })
    if (!proven.installed) throw new NotInstalledError()
    // The address alone: what else was proven belongs to this user, and the next one who asks may be another.
    const { domain, clientEndpoint, scope, status } = proven
    const address = { memberId, domain, clientEndpoint, serverEndpoint: proven.serverEndpoint, scope, status }
    await record(address).catch((cause: unknown) => { throw new StoreUnavailableError({ cause }) })
    return address
  }

  async function confirmAddress (credentials: RestCredentials): Promise<PortalAddress> {
    const { memberId } = credentials
    // What somebody else's question ended with may be the fault of their token.
    const known = await addresses.get(memberId)?.catch(() => undefined)
    if (known !== undefined) return known
    const asked = askAddress(credentials)
    addresses.set(memberId, asked)
    return await asked
  }

  async function holder (memberId: string, refused?: string): Promise<RestCredentials> {
    const { tokens: { accessToken, expiresAt }, userId, ...row } = await fastify.tokens.holder(memberId, refused)
    return { ...row, accessToken, expiresAt, userId: userId ?? 0 }
  }

  function open (memberId: string): PortalRest {
    const rest = createPortalRest({
      credentials: refused => holder(memberId, refused),
      moved: async () => await confirmAddress(await holder(memberId))
    }, { connections, blocked: blocked.memo(memberId) })
    clients.set(memberId, rest)
    return rest
  }

  fastify.decorate('portal', memberId => ({ rest: clients.get(memberId) ?? open(memberId) }))
  fastify.decorate('userRest', request => {
    let address: Partial<PortalAddress> = {}
    const credentials = async (refused?: string): Promise<RestCredentials> => {
      if (request.verifiedCall === null) throw new AuthIdMissingError()
      return usable({ ...request.verifiedCall, ...address }, refused)
    }
    const moved = async () => { address = await confirmAddress(await credentials()) }
    return createPortalRest({ credentials, moved }, { connections, blocked: blocked.memo(request.verifiedCall?.memberId ?? '') })
  })
  fastify.decorate('openPortalRest', credentials => openPortalRest(credentials, { connections }))
}

export default fp(portalRest, { fastify: '5.x', name: 'b24-portal-rest', dependencies: ['b24-auth-token', 'b24-tokens'] })
