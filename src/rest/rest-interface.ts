import type { PortalConnections } from './portal-connections.ts'

/** One command of a batch, and what the portal says to it. */
export interface RestCommand { method: string, params: Record<string, unknown> }
export type RestAnswer = { ok: unknown } | { /** the portal's error code */ error: string, /** the portal's own words */ text: string }

/** Who calls a portal: an access token and where it is good. */
export interface RestCredentials {
  memberId: string
  domain: string
  clientEndpoint: string
  serverEndpoint: string
  scope: readonly string[]
  userId: number
  accessToken: string
  /** Milliseconds since 1970 */
  expiresAt: number
}

/** Where the credentials of a REST interface come from. */
export interface RestSource {
  /**
   * Asked before every request. In: `refused`, a token that the portal called expired, to get another one.
   * Errors: whatever says why there are none; they reach the caller as they are.
   */
  credentials: (refused?: string) => Promise<RestCredentials>
  /** The portal answers from another address: finds out from the authorization server, so that `credentials` name it */
  moved?: () => Promise<unknown>
}

export interface RestOptions {
  /** The way to the portal */
  connections: PortalConnections
  /** Milliseconds before each further try of a call that met QUERY_LIMIT_EXCEEDED */
  pauses?: readonly number[]
  /** Methods that the portal has blocked, and until when, in milliseconds since 1970; shared by all that call one portal */
  blocked?: { get: (method: string) => number | undefined, set: (method: string, until: number) => unknown }
}

export interface CallOptions {
  /** Bytes of an answer at most, after decompression. Default 4 MB; those of all portals share 16 MB while they are read */
  maxBytes?: number
}

/**
 * The REST interface of one portal. Errors of both: PortalSilentError (no answer, none within the limits, or nonsense);
 * PortalRefusedError, whose `portalCode` and `portalText` are the portal's; PortalAddressError; those of the credentials.
 */
export interface PortalRest {
  /** Calls one method. Out: its `result`. */
  call: <T = unknown>(method: string, params?: Record<string, unknown>, options?: CallOptions) => Promise<T>
  /** Calls in the order given, fifty to a request. Answers come under the keys of the commands. */
  batch: (commands: Record<string, RestCommand>, options?: CallOptions) => Promise<Record<string, RestAnswer>>
}

/** For those who only read and write in bundles. */
export type BatchRest = Pick<PortalRest, 'batch'>
