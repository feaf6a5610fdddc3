import type { PortalConnections } from './connections.ts'

/** One command of a batch. */
export interface RestCommand { method: string, params: Record<string, unknown> }
/** What a portal answers instead of a result: its code, or `http_403` where it gave a status only; its own words. */
export interface PortalRefusal { error: string, text: string }
export type RestAnswer = { ok: unknown } | PortalRefusal

/** An access token, and where it is good. */
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
  /** Called before every request, with a token that the portal called expired. Its errors reach the caller. */
  credentials: (refused?: string) => Promise<RestCredentials>
  /** Called when the portal redirects: asks the authorization server for the address that `credentials` then name */
  moved?: () => Promise<unknown>
}

export interface RestOptions {
  /** The way to the portal */
  connections: PortalConnections
  /** Milliseconds before each further try of a call that met QUERY_LIMIT_EXCEEDED */
  pauses?: readonly number[]
  /** Methods that the portal has blocked, and until when (milliseconds since 1970); one for all calls of a portal */
  blocked?: { get: (method: string) => number | undefined, set: (method: string, until: number) => unknown }
}

export interface CallOptions {
  /** Bytes of an answer at most, after decompression. Default 4 MB. All that are being read share 16 MB */
  maxBytes?: number
}

/**
 * The REST interface of one portal. Both methods throw PortalUnavailableError (no answer, or none within the limits),
 * PortalRefusedError with the portal's code and words, PortalAddressError, and errors of the credentials.
 */
export interface PortalRest {
  /** Calls one method, and returns its `result`. */
  call: <T = unknown>(method: string, params?: Record<string, unknown>, options?: CallOptions) => Promise<T>
  /** Calls in the order given, fifty to a request. Answers come under the keys of the commands. */
  batch: (commands: Record<string, RestCommand>, options?: CallOptions) => Promise<Record<string, RestAnswer>>
}

/** What those need who only send batches. */
export type BatchRest = Pick<PortalRest, 'batch'>
