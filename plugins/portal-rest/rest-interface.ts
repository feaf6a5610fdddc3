import type { PortalConnections } from './connections.ts'

/** One command of a batch. */
export interface RestCommand { method: string, params: Record<string, unknown> }
/** What a portal answers instead of a result: its code, or `http_403` where it gave a status only; its own words. */
export interface PortalRefusal { error: string, text: string }
/** What a portal answers: the `result`, and of a list its count and the offset of what comes next. */
interface RestResult { ok: unknown, total?: number, next?: number }
/** The answer to one command of a batch. */
export type RestAnswer = RestResult | PortalRefusal

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
  /**
   * Called when the portal refuses the user of these credentials, by its code, before anything has run. Returns whether
   * `credentials` name another user now
   */
  userRefused?: (credentials: RestCredentials, code: string) => Promise<boolean>
}

export interface RestOptions {
  connections: PortalConnections
  /** Whose calls these are; see RestMessage */
  application?: object
  /** Milliseconds before each further try of a call that met QUERY_LIMIT_EXCEEDED */
  pauses?: readonly number[]
  /** Methods that the portal has blocked, and until when (milliseconds since 1970); one for all calls of a portal */
  blocked?: { get: (method: string) => number | undefined, set: (method: string, until: number) => unknown }
}

/** Limits of one call. */
export interface CallOptions {
  /** Bytes of an answer at most, after decompression. Default 4 MB. All that are being read share 16 MB */
  maxBytes?: number
}

/** Limits of a list. */
export interface ListOptions extends CallOptions {
  /** Rows at most. Default 10 000 */
  maxRows?: number
}

/** A part of a list: what the portal gave at once, and how many rows there are. */
export interface RestPage<Row> {
  rows: Row[]
  /** As the portal counted them just now; undefined: it does not */
  total: number | undefined
}

/**
 * The REST interface of one portal. Its methods throw PortalUnavailableError (no answer, or none within the limits),
 * PortalRefusedError with the portal's code and words, PortalAddressError, and errors of the credentials.
 */
export interface PortalRest {
  /** Calls one method, and returns its `result`. */
  call: <T = unknown>(method: string, params?: Record<string, unknown>, options?: CallOptions) => Promise<T>
  /** Calls in the order given, fifty to a request. Answers come under the keys of the commands. */
  batch: (commands: Record<string, RestCommand>, options?: CallOptions) => Promise<Record<string, RestAnswer>>
  /**
   * All rows of a list: of `crm.deal.list`, `crm.item.list`, `tasks.task.list`, `user.get` and so on.
   *
   * @throws TooManyRowsError, before it walks on, when there are more than `maxRows`; ListTooLargeError when they are
   *   larger than eight answers of `maxBytes`. All lists that are being read share 64 MB
   */
  list: <Row = unknown>(method: string, params?: Record<string, unknown>, options?: ListOptions) => Promise<Row[]>
  /** The same page by page: nothing is asked for beyond what is read, and no row comes twice. */
  pages: <Row = unknown>(
    method: string, params?: Record<string, unknown>, options?: ListOptions) => AsyncGenerator<RestPage<Row>, void>
}

/** What those need who only send batches. */
export type BatchRest = Pick<PortalRest, 'batch'>
