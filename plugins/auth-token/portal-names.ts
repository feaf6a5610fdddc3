import type { AppInfo } from './server-answers.ts'
import type { Proof } from './calls.ts'
import { isPrivateHost, portalOrigin } from '../../src/http/frame.ts'

type PortalNames = Pick<Proof, 'memberId' | 'domain' | 'origin' | 'clientEndpoint' | 'scope' | 'status'>

const protocolOf = ({ protocol }: URL) => protocol === 'http:' ? '0' : '1'

/**
 * Checks what an authorization server says of a portal as strictly as what a call says: a portal chooses its own names,
 * and they end up in headers, in the store and with handlers. A malformed name is left out.
 *
 * @param rest the address of the portal's REST interface in the answer
 * @returns undefined when that cannot be the address of a portal
 */
export function portalNames (info: AppInfo, rest: URL): PortalNames | undefined {
  // URL has checked what stands between brackets.
  const origin = rest.hostname.startsWith('[') ? rest.origin : portalOrigin(rest.host, protocolOf(rest))
  const isPlain = rest.username === '' && rest.password === '' && rest.search === '' && rest.hash === '' &&
    /^[\w./~-]{1,256}$/.test(rest.pathname)
  if (origin === undefined || !isPlain) return undefined
  const named = portalOrigin(info.domain, protocolOf(rest))
  return {
    memberId: /^[\w-]{1,64}$/.test(info.memberId) ? info.memberId : '',
    // In one spelling, by which commands find the portal
    domain: named === undefined ? rest.host : new URL(named).host,
    origin: pageOrigin(named, rest, origin),
    clientEndpoint: `${origin}${rest.pathname.replace(/\/?$/, '/')}`,
    scope: info.scope.filter(name => /^[\w.-]{1,64}$/.test(name)).slice(0, 256),
    status: /^\w{0,16}$/.test(info.status) ? info.status : ''
  }
}

/** Where people see the portal's pages: at the address of its REST interface, unless its domain is another name. */
function pageOrigin (origin: string | undefined, rest: URL, restOrigin: string): string {
  if (origin === undefined) return restOrigin
  const { hostname } = new URL(origin)
  // A public portal cannot send its users to a private address.
  return hostname === rest.hostname || (isPrivateHost(hostname) && !isPrivateHost(rest.hostname)) ? restOrigin : origin
}
