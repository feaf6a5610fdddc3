import type { PortalAddress, SeenInstallation } from '../../src/store/installation-store.ts'

/** What a call says of itself. All of it is text that a user could have written. */
export interface UnverifiedCall {
  memberId: string
  /** AUTH_ID, the user's access token */
  authId: string
  /** '' when the portal sends none */
  applicationToken: string
  /** SERVER_ENDPOINT; '' when the portal sends none */
  serverEndpoint: string
  /** The client's address, as in `request.ip`. Only used to divide limits */
  ip: string
  /** Whether the call is to install the application: then it may be uninstalled, and its application token unknown */
  installing: boolean
  /** The user whose page or REST call makes it: the call before, or the installation, had the application token */
  pageOf?: number
}

/** What an authorization server says of an access token: its application, portal and user. */
export interface Proof extends PortalAddress {
  /** The application that the token was issued for */
  clientId: string
  /** Web origin of the portal: scheme, host and port */
  origin: string
  userId: number
  installed: boolean
  /** When the token expires, in milliseconds since 1970 */
  expiresAt: number
}

/** A call whose access token an authorization server has confirmed. */
export interface VerifiedCall extends Proof {
  /** Since when the application is installed, in milliseconds since 1970; undefined: nothing is stored */
  installedAt?: number | undefined
  /** The user's access token, for REST calls at `clientEndpoint` */
  accessToken: string
}

/** What is stored of a portal, as far as the verification needs it. */
export interface KnownPortal extends PortalAddress, SeenInstallation {
  applicationToken: string | null
  installedAt: number
}

/** A verified call, and what its portal's record has to be brought up to date with. */
export interface Verification {
  verified: VerifiedCall
  /** What was stored before the proof */
  known: KnownPortal | undefined
  /** Whether the proof is new, and not from memory */
  isNew: boolean
}

/** What is stored of a call's portal, whose application token it has if it names one. */
export interface Compared {
  known: KnownPortal | undefined
  /** The same, while the application is installed */
  installation: KnownPortal | undefined
  /** Whether the call has named the token */
  hasToken: boolean
}

/** What is asked of the authorization servers: whom does this access token belong to? */
export interface Question {
  accessToken: string
  /** SHA-256 of the token: names it without keeping it */
  key: string
  /** Origins of the servers to ask, in turn */
  servers: readonly string[]
  /** The portal that the call names */
  memberId: string
  known: KnownPortal | undefined
  ip: string
  /** The user whose page or REST call asks, if one does: a known user has failure limits of their own */
  pageOf?: number | undefined
  /** Each kind has failure limits of its own */
  kind: 'installation' | 'with-application-token' | 'without-application-token'
}

export type Prove = (question: Question) => Promise<Proof>
export type Ask = (question: Question) => Promise<{ proof: Proof, isNew: boolean }>
export type Verify = (call: UnverifiedCall) => Promise<VerifiedCall>
