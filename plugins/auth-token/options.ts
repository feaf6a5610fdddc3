import type { InsecurePortals } from '../../src/http/insecure-portals.ts'
import type { Store } from '../../src/store/open-store.ts'
import type { VerifiedCall } from './calls.ts'

export interface AuthTokenOptions {
  /** client_id of the application */
  clientId: string
  /** client_secret of the application; only ever sent to `servers` */
  clientSecret: string
  /** Origins of the authorization servers that may be asked. Default: both of Bitrix24 */
  servers?: readonly string[]
  /** What is stored of portals. Without it no application token is known, and nothing is recorded */
  store?: Pick<Store, 'get' | 'recordPortal' | 'replaceApplicationToken' | 'onPortalChanged'>
  /** Whether the user is an administrator, whose call may replace the stored application token. Default: no */
  isAdmin?: (call: VerifiedCall) => Promise<boolean>
  /** Must a call carry an application token? Default 'when-present': portals before 2026 send none */
  applicationToken?: 'required' | 'when-present'
  /** Failed proofs a minute for one client address; four times as many for an IPv6 /48. Default 60 */
  failedProofsPerMinute?: number
  /** How long the authorization server may take, in milliseconds. Default 3000 */
  timeout?: number
  /** How long it may take for a refresh, in milliseconds. Default 30 s: a lost answer costs the token pair */
  refreshTimeout?: number
  /** Allows portals with http: or private addresses: all, or these hosts. Default false */
  allowInsecurePortals?: InsecurePortals
  /** Milliseconds since 1970. Default Date.now */
  now?: () => number
}
