import { createError } from '@fastify/error'

/** What the person in front of the frame is told: a key of the texts `error.<pageName>`. */
export type PageName =
  | 'call' | 'not-found' | 'address' | 'application-token' | 'session' | 'expired' | 'foreign' | 'not-installed'
  | 'payment' | 'too-many' | 'server-unavailable' | 'link' | 'placement-unknown' | 'screen-unknown' | 'signature' | 'link-expired'
  | 'not-admin' | 'install-refused' | 'portal-refused' | 'portal-unavailable' | 'store-unavailable' | 'internal'
  | 'documents-off' | 'document-origin' | 'document-missing' | 'document-refused' | 'document-unavailable'
  | 'record-missing' | 'record-denied' | 'not-approver'
  | 'tokens-lost' | 'tokens-missing' | 'tokens-refused'

/** Where on the way of a call it was refused; goes into the log line. */
export type Stage = 'shape' | 'application-token' | 'proof' | 'options' | 'dispatch' | 'install' | 'session' | 'handler'

interface Refusal { code: string, statusCode: number, pageName: PageName, stage: Stage, retryAfter?: number, /** The portal's own code */ portalCode?: string, /** The REST method that it refused */ method?: string }

const refusals = new Map<string, Refusal>()

function define (code: string, statusCode: number, stage: Stage, pageName: PageName, message: string, retryAfter?: number) {
  refusals.set(code, { code, statusCode, pageName, stage, ...(retryAfter !== undefined && { retryAfter }) })
  return createError(code, message, statusCode)
}

// Messages never hold the value of a field: they are logged and shown. `%s` is only ever filled with names from our own code.

// 1. Shape: what can be refused without asking anybody.
export const MethodError = define('B24_ERR_METHOD', 405, 'shape', 'not-found', 'This address does not take this method')
export const NotFoundError = define('B24_ERR_NOT_FOUND', 404, 'shape', 'not-found', 'There is nothing at this address')
export const ContentTypeError = define('B24_ERR_CONTENT_TYPE', 415, 'shape', 'call', 'A call is sent as application/x-www-form-urlencoded')
export const TooLargeError = define('B24_ERR_TOO_LARGE', 413, 'shape', 'call', 'The call is larger than this service takes')
export const CallMalformedError = define('B24_ERR_CALL_MALFORMED', 400, 'shape', 'call', 'A field of the call is missing or has the wrong form')
export const FieldRepeatedError = define('B24_ERR_FIELD_REPEATED', 400, 'shape', 'call', 'A field of the call is there more than once')
export const DomainError = define('B24_ERR_DOMAIN', 400, 'shape', 'address', 'DOMAIN is not the public address of a portal')
export const ServerEndpointError = define('B24_ERR_SERVER_ENDPOINT', 400, 'shape', 'address', 'SERVER_ENDPOINT is not on the list B24_OAUTH_SERVERS')
export const AuthIdMissingError = define('B24_ERR_AUTH_ID_MISSING', 401, 'shape', 'session', 'The call carries no AUTH_ID')

// What is allowed, but not so often.
const RateLimited = define('B24_ERR_RATE_LIMITED', 429, 'session', 'too-many', 'More calls than one user or client may make')

/** More calls than one user or client may make. In: the seconds after which one more is answered. */
export class RateLimitedError extends RateLimited {
  readonly retryAfter: number

  constructor (retryAfter: number) {
    super()
    this.retryAfter = retryAfter
  }
}

// 2. The application token: "somebody who can open this application on this portal".
export const ApplicationTokenError = define('B24_ERR_APPLICATION_TOKEN', 403, 'application-token', 'application-token', 'APPLICATION_TOKEN is missing or not the one of this installation')

// 3. The proof: what the authorization server says of AUTH_ID.
export const TooManyProofsError = define('B24_ERR_TOO_MANY_PROOFS', 429, 'proof', 'too-many', 'Too many unproven calls for this portal within a minute', 60)
export const AuthIdUnknownError = define('B24_ERR_AUTH_ID_UNKNOWN', 401, 'proof', 'session', 'The authorization server does not know AUTH_ID')
export const AuthIdExpiredError = define('B24_ERR_AUTH_ID_EXPIRED', 401, 'proof', 'expired', 'AUTH_ID has expired')
const ForeignApplication = define('B24_ERR_FOREIGN_APPLICATION', 403, 'proof', 'foreign', 'AUTH_ID was issued for another application')
export const ForeignPortalError = define('B24_ERR_FOREIGN_PORTAL', 403, 'proof', 'foreign', 'AUTH_ID was issued for another portal than member_id names')
export const NotInstalledError = define('B24_ERR_NOT_INSTALLED', 403, 'proof', 'not-installed', 'The application is not installed on this portal')
export const PaymentRequiredError = define('B24_ERR_PAYMENT_REQUIRED', 403, 'proof', 'payment', 'The paid or trial period of the application is over on this portal')
export const PortalAddressError = define('B24_ERR_PORTAL_ADDRESS', 403, 'proof', 'address', 'The portal has no public https address (ALLOW_INSECURE_PORTALS lets it through)')
export const AuthorizationServerUnavailableError = define('B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE', 503, 'proof', 'server-unavailable', 'The authorization server does not answer', 30)

// 4. Options and dispatch.
export const OptionsMalformedError = define('B24_ERR_PLACEMENT_OPTIONS', 400, 'options', 'link', 'PLACEMENT_OPTIONS cannot be read: %s')
export const OptionsMismatchError = define('B24_ERR_OPTIONS_MISMATCH', 400, 'options', 'link', 'PLACEMENT_OPTIONS do not fit the schema of the placement')
export const PlacementUnknownError = define('B24_ERR_PLACEMENT_UNKNOWN', 404, 'dispatch', 'placement-unknown', 'No handler is declared for this PLACEMENT')
export const ScreenUnknownError = define('B24_ERR_SCREEN_UNKNOWN', 404, 'dispatch', 'screen-unknown', 'No screen of this name is declared')
export const LinkSignatureError = define('B24_ERR_LINK_SIGNATURE', 403, 'options', 'signature', 'The link of a signed screen was not written by this service for this portal, or was changed')
export const LinkExpiredError = define('B24_ERR_LINK_EXPIRED', 403, 'options', 'link-expired', 'The link has expired')

// 5. Installation and events.
export const NotAdminError = define('B24_ERR_NOT_ADMIN', 403, 'install', 'not-admin', 'Only an administrator of the portal can install the application')
const InstallRefused = define('B24_ERR_INSTALL_REFUSED', 502, 'install', 'install-refused', 'The portal refused a step of the installation: %s')
export const TooManyInstallationsError = define(
  'B24_ERR_TOO_MANY_INSTALLATIONS', 429, 'install', 'too-many', 'Too many installations of this portal are under way', 60
)
export const EventUnknownError = define('B24_ERR_EVENT_UNKNOWN', 400, 'shape', 'call', 'This service does not handle this event')

// 6. The pages' own calls, and our own faults.
export const PageSessionError = define('B24_ERR_PAGE_SESSION', 401, 'session', 'expired', 'The page session is missing, expired or not ours')
export const ApiKeyError = define('B24_ERR_API_KEY', 401, 'session', 'session', 'The API key is not one of those whose sum LINKS_API_KEYS lists')
export const ApiKeyPortalError = define('B24_ERR_API_KEY_PORTAL', 403, 'session', 'foreign', 'LINKS_API_KEYS binds this API key to other portals')
export const MetricsTokenError = define('B24_ERR_METRICS_TOKEN', 401, 'session', 'session', 'The metrics are behind METRICS_TOKEN')
export const LinkWriterError = define('B24_ERR_LINK_WRITER', 403, 'session', 'foreign', 'A page writes links of its own portal only, to screens that the composer offers')
export const PortalUnknownError = define('B24_ERR_PORTAL_UNKNOWN', 404, 'session', 'not-installed', 'The application is not installed on this portal')
export const LinkUnknownError = define('B24_ERR_LINK_UNKNOWN', 404, 'handler', 'not-found', 'Nobody is known to have opened this link')
export const StoreUnavailableError = define('B24_ERR_STORE_UNAVAILABLE', 503, 'handler', 'store-unavailable', 'The store of this service does not answer', 30)
export const InternalError = define('B24_ERR_INTERNAL', 500, 'handler', 'internal', 'This service made a mistake')

// 7. Screens: documents of other servers, records of the portal, requests to a user.
export const DocumentsOffError = define('B24_ERR_DOCUMENTS_OFF', 403, 'handler', 'documents-off', 'DOCUMENT_ORIGINS names no server whose documents are shown')
export const DocumentOriginError = define('B24_ERR_DOCUMENT_ORIGIN', 403, 'handler', 'document-origin', 'The document, or what it redirects to, is not on a server of DOCUMENT_ORIGINS')
export const DocumentMissingError = define('B24_ERR_DOCUMENT_MISSING', 404, 'handler', 'document-missing', 'The server of the document does not have it')
export const DocumentRefusedError = define('B24_ERR_DOCUMENT_REFUSED', 502, 'handler', 'document-refused', 'The server of the document refused it with status %s')
export const DocumentUnavailableError = define('B24_ERR_DOCUMENT_UNAVAILABLE', 504, 'handler', 'document-unavailable', 'The server of the document does not answer', 30)
export const RecordMissingError = define('B24_ERR_RECORD_MISSING', 404, 'handler', 'record-missing', 'The portal does not have this record')
export const RecordDeniedError = define('B24_ERR_RECORD_DENIED', 403, 'handler', 'record-denied', 'The user may not see this record')
export const NotApproverError = define('B24_ERR_NOT_APPROVER', 403, 'handler', 'not-approver', 'The request for approval is put to another user')

// 8. The tokens of an installation.
export const TokensLostError = define('B24_ERR_TOKENS_LOST', 503, 'handler', 'tokens-lost', 'The token pair of the installation is dead; the next call of an administrator brings a new one')
export const TokensMissingError = define('B24_ERR_TOKENS_MISSING', 503, 'handler', 'tokens-missing', 'No token pair of the installation is stored; the application has to be installed again')
export const TokensRefusedError = define('B24_ERR_TOKENS_REFUSED', 503, 'handler', 'tokens-refused', 'The authorization server refused to refresh the token pair of the installation: %s')

// 9. What the portal answers to REST calls.
export const PortalUnavailableError = define('B24_ERR_PORTAL_UNAVAILABLE', 503, 'handler', 'portal-unavailable', 'The REST interface of the portal does not answer', 30)
const PortalRefused = define('B24_ERR_PORTAL_REFUSED', 502, 'handler', 'portal-refused', 'The portal refused a REST call: %s')

/** The portal refused a REST call. In: its code and its words, and the method that was called. */
export class PortalRefusedError extends PortalRefused {
  /** The portal's own code, such as `ACCESS_DENIED`; `unknown` where it gives none; `http_403` where it gives a status only */
  readonly portalCode: string
  /** What the portal says beside it, in up to 500 characters; often empty */
  readonly portalText: string
  readonly method: string | undefined

  constructor (portalCode: string, portalText = '', method?: string) {
    super(portalCode)
    this.portalCode = portalCode
    this.portalText = portalText
    this.method = method
  }
}

/** The portal refused a REST call without which there is no installation. In: as above. */
export class InstallRefusedError extends InstallRefused {
  /** The portal's own code, such as `ACCESS_DENIED` */
  readonly portalCode: string
  /** What the portal says beside it */
  readonly portalText: string
  readonly method: string | undefined

  constructor (portalCode: string, portalText = '', method?: string) {
    super(portalCode)
    this.portalCode = portalCode
    this.portalText = portalText
    this.method = method
  }
}

/** AUTH_ID was issued for another application. In: its client_id. */
export class ForeignApplicationError extends ForeignApplication {
  /** client_id of the application that it was issued for */
  readonly issuedFor: string

  constructor (issuedFor: string) {
    super()
    this.issuedFor = issuedFor
  }
}

// What a person can do about some refusals is another thing than to ask for a right. The portal's docs and the portal differ in case.
const portalPageNames = new Map<string, PageName>([
  ['payment_required', 'payment'],
  ['expired_token', 'expired'],
  ['invalid_token', 'expired'],
  ['query_limit_exceeded', 'too-many'],
  ['http_429', 'too-many'],
  ['operation_time_limit', 'too-many']
])

// Boot: never seen by a caller.
export const PlacementDuplicatedError = createError('B24_ERR_PLACEMENT_DUPLICATED', 'Placement %s is declared twice: in %s and in %s')
export const PlacementAmbiguousError = createError('B24_ERR_PLACEMENT_AMBIGUOUS', 'The placement patterns %s match one code: declared in %s and in %s')
export const PlacementLateError = createError('B24_ERR_PLACEMENT_LATE', 'Placement %s is declared after the service has started')
export const ExportMissingError = createError('B24_ERR_EXPORT_MISSING', '%s has no plugin as its default export')
export const DeclarationNameError = createError(
  'B24_ERR_DECLARATION_NAME', '%s declares no %s %s, which is what it is named after'
)
export const DeclarationHookError = createError(
  'B24_ERR_DECLARATION_HOOK',
  '%s calls %s, which does nothing for a handler: use `preHandler` in its settings, or a plugin of its own in plugins/'
)
export const PlacementBareError = createError('B24_ERR_PLACEMENT_BARE', 'Placement %s cannot have a handler: the portal opens it by GET without any data, so that nobody can be proven. Declared in %s. Bind an address of your own there, with placement.bind')
export const PlacementCodeError = createError('B24_ERR_PLACEMENT_CODE', '%s is not a placement code or pattern')
export const ScreenError = createError('B24_ERR_SCREEN', 'Screen %s %s')

// Store: at boot, and in tools. Each message begins with where the address stands (DATABASE_URL, or an argument), and
// none holds what may be a password.
export const StoreUrlError = createError<'B24_ERR_STORE_URL', [name: string, why: string]>('B24_ERR_STORE_URL', '%s: %s')
export const StoreOpenError = createError<
  'B24_ERR_STORE_OPEN', [name: string, kind: string, why: string, options: ErrorOptions]
>('B24_ERR_STORE_OPEN', '%s: %s cannot be used: %s')
export const StoreVersionError = createError<'B24_ERR_STORE_VERSION', [name: string, what: string]>(
  'B24_ERR_STORE_VERSION', '%s: %s'
)
export const StoreTargetError = createError<'B24_ERR_STORE_TARGET', [what: string]>('B24_ERR_STORE_TARGET', '%s')
export const StoreCopyError = createError<'B24_ERR_STORE_COPY', [table: string, what: string]>(
  'B24_ERR_STORE_COPY', 'The copy of %s is not the same: %s. Stop what writes to either store, and run this again'
)

// Fastify refuses some calls before our code sees them; outside, every code is ours and stable.
const fastifyCodes = new Map([
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'B24_ERR_CONTENT_TYPE'],
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'B24_ERR_TOO_LARGE']
])

/**
 * What an error means to the caller. An unknown error is our own fault, unless Fastify blames the request for it (4xx).
 * In: anything that was thrown. Out: stable code, HTTP status, texts to show, stage for the log, seconds to wait before trying again.
 */
export function toHttpError (error: unknown): Refusal {
  const { code = '', statusCode = 500 } = error instanceof Error ? error as Error & { code?: string, statusCode?: number } : {}
  const blamed = statusCode >= 400 && statusCode < 500 ? 'B24_ERR_CALL_MALFORMED' : 'B24_ERR_INTERNAL'
  // The codes that are named here are defined above.
  const refusal = refusals.get(code) ?? refusals.get(fastifyCodes.get(code) ?? blamed) as Refusal
  if (error instanceof RateLimitedError) return { ...refusal, retryAfter: error.retryAfter }
  if (!(error instanceof PortalRefusedError || error instanceof InstallRefusedError)) return refusal
  const { portalCode, method } = error
  return { ...refusal, portalCode, ...(method !== undefined && { method }), pageName: portalPageNames.get(portalCode.toLowerCase()) ?? refusal.pageName }
}

/** Where on its way a call with this error was refused. */
export const stageOf = (code: string): Stage | undefined => refusals.get(code)?.stage
