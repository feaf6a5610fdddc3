import type { FastifyInstance } from 'fastify'
import { LRUCache } from 'lru-cache'
import { NotInstalledError, storeUnavailable } from '../../src/errors.ts'
import type { InstallationStore, PortalAddress } from '../../src/store/installation-store.ts'
import type { RestCredentials } from './rest-interface.ts'

// A portal that keeps redirecting is asked about once a minute (in milliseconds), however many call it.
const confirmedTime = 60_000

/** Confirms and stores the address of a portal that redirects: it was renamed, or somebody else answers there now. */
export function createConfirmAddress (
  authToken: FastifyInstance['authToken'], store: Pick<InstallationStore, 'recordPortal'>, maxPortals: number
) {
  const addresses = new LRUCache<string, Promise<PortalAddress>>({ max: maxPortals, ttl: confirmedTime })

  /** Only the authorization server knows. */
  async function ask ({ memberId, userId, accessToken, serverEndpoint }: RestCredentials): Promise<PortalAddress> {
    authToken.forget(memberId)
    const proven = await authToken.verify({
      memberId, authId: accessToken, applicationToken: '', serverEndpoint, ip: '', installing: true, pageOf: userId
    })
    if (!proven.installed) throw new NotInstalledError()
    // The address alone: the rest belongs to this user, and the next one who asks may be another.
    const { domain, clientEndpoint, scope, status } = proven
    const address = { memberId, domain, clientEndpoint, serverEndpoint: proven.serverEndpoint, scope, status }
    // An address alone does not bring an uninstalled portal back.
    await store.recordPortal(address, Date.now(), { uninstallRequestedAt: null, uninstalledAt: null })
      .catch(storeUnavailable)
    return address
  }

  return async (credentials: RestCredentials): Promise<PortalAddress> => {
    const { memberId } = credentials
    // An earlier question may have failed because of somebody else's token.
    const known = await addresses.get(memberId)?.catch(() => undefined)
    if (known !== undefined) return known
    const asking = ask(credentials)
    addresses.set(memberId, asking)
    return await asking
  }
}
