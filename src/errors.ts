import { createError } from '@fastify/error'

/** What the person in front of the frame is told: a key of the texts `error.<pageName>`. */
export type PageName =
  | 'call' | 'not-found' | 'address' | 'application-token' | 'session' | 'expired' | 'foreign' | 'not-installed'
  | 'payment' | 'too-many' | 'server-unavailable' | 'link' | 'placement-unknown' | 'screen-unknown' | 'signature'
  | 'link-expired' | 'not-admin' | 'install-refused' | 'portal-refused' | 'portal-unavailable' | 'store-unavailable'
  | 'internal' | 'overloaded' | 'tokens-lost' | 'tokens-missing' | 'tokens-refused'

/** Where on its way a call was refused; goes into the log line. */
export type Stage = 'shape' | 'application-token' | 'proof' | 'options' | 'dispatch' | 'install' | 'session' | 'handler'

/** An error that clients may see; `retryAfter` in seconds. */
export interface HttpError { code: string, statusCode: number, pageName: string, stage: Stage, retryAfter?: number }

/** All of them by their code. */
export const httpErrors = new Map<string, HttpError>()

const at = (stage: Stage) =>
  (code: string, statusCode: number, pageName: PageName | (string & {}), message: string, retryAfter?: number) => {
    httpErrors.set(code, { code, statusCode, pageName, stage, ...(retryAfter !== undefined && { retryAfter }) })
    return createError(code, message, statusCode)
  }

// Messages never hold the value of a field: they are logged and shown. `%s` only takes names from our own code.

// 1. Shape: what can be refused without asking anybody.
const shape = at('shape')
export const MethodError = shape('B24_ERR_METHOD', 405, 'not-found', 'This address does not take this method')
export const NotFoundError = shape('B24_ERR_NOT_FOUND', 404, 'not-found', 'There is nothing at this address')
export const ContentTypeError = shape('B24_ERR_CONTENT_TYPE', 415, 'call',
  'A call is sent as application/x-www-form-urlencoded, uncompressed')
export const TooLargeError = shape('B24_ERR_TOO_LARGE', 413, 'call', 'The call is larger than this service takes')
export const CallMalformedError = shape('B24_ERR_CALL_MALFORMED', 400, 'call',
  'A field of the call is missing or has the wrong form')
export const FieldRepeatedError = shape('B24_ERR_FIELD_REPEATED', 400, 'call', 'The call has a field more than once')
export const DomainError = shape('B24_ERR_DOMAIN', 400, 'address', 'DOMAIN is not the public address of a portal')
export const ServerEndpointError = shape('B24_ERR_SERVER_ENDPOINT', 400, 'address',
  'SERVER_ENDPOINT is not on the list B24_OAUTH_SERVERS')
export const AuthIdMissingError = shape('B24_ERR_AUTH_ID_MISSING', 401, 'session', 'The call carries no AUTH_ID')
export const EventUnknownError = shape('B24_ERR_EVENT_UNKNOWN', 400, 'call', 'This service does not handle this event')

// 2. The application token: "somebody who can open this application on this portal".
export const ApplicationTokenError = at('application-token')('B24_ERR_APPLICATION_TOKEN', 403, 'application-token',
  'APPLICATION_TOKEN is missing or not the one of this installation')

// 3. The proof: what the authorization server says of AUTH_ID.
const proof = at('proof')
export const TooManyProofsError = proof('B24_ERR_TOO_MANY_PROOFS', 429, 'too-many',
  'Too many unverified calls for this portal within a minute', 60)
export const AuthIdUnknownError = proof('B24_ERR_AUTH_ID_UNKNOWN', 401, 'session',
  'The authorization server does not know AUTH_ID')
export const AuthIdExpiredError = proof('B24_ERR_AUTH_ID_EXPIRED', 401, 'expired', 'AUTH_ID has expired')
export const ForeignPortalError = proof('B24_ERR_FOREIGN_PORTAL', 403, 'foreign',
  'AUTH_ID was issued for another portal than member_id names')
export const NotInstalledError = proof('B24_ERR_NOT_INSTALLED', 403, 'not-installed',
  'The application is not installed on this portal')
export const PaymentRequiredError = proof('B24_ERR_PAYMENT_REQUIRED', 403, 'payment',
  'The paid or trial period of the application is over on this portal')
export const PortalAddressError = proof('B24_ERR_PORTAL_ADDRESS', 403, 'address',
  'The portal has no public https address (ALLOW_INSECURE_PORTALS lets it through)')
export const AuthorizationServerUnavailableError = proof('B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE', 503,
  'server-unavailable', 'The authorization server does not answer', 30)

/** AUTH_ID was issued for another application: the one with the client_id `issuedFor`. */
export class ForeignApplicationError extends proof('B24_ERR_FOREIGN_APPLICATION', 403, 'foreign',
  'AUTH_ID was issued for another application') {
  readonly issuedFor: string

  constructor (issuedFor: string) {
    super()
    this.issuedFor = issuedFor
  }
}

// 4. Options and dispatch.
const options = at('options')
const dispatch = at('dispatch')
export const OptionsMalformedError = options('B24_ERR_PLACEMENT_OPTIONS', 400, 'link',
  'PLACEMENT_OPTIONS cannot be read: %s')
export const OptionsMismatchError = options('B24_ERR_OPTIONS_MISMATCH', 400, 'link',
  'PLACEMENT_OPTIONS do not fit the schema of the placement')
export const PlacementUnknownError = dispatch('B24_ERR_PLACEMENT_UNKNOWN', 404, 'placement-unknown',
  'No handler is declared for this PLACEMENT')
export const ScreenUnknownError = dispatch('B24_ERR_SCREEN_UNKNOWN', 404, 'screen-unknown',
  'No screen of this name is declared')
export const LinkSignatureError = options('B24_ERR_LINK_SIGNATURE', 403, 'signature',
  'The link of a signed screen was not written by this service for this portal, or was changed')
export const LinkExpiredError = options('B24_ERR_LINK_EXPIRED', 403, 'link-expired', 'The link has expired')

// 5. Installation.
const install = at('install')
export const NotAdminError = install('B24_ERR_NOT_ADMIN', 403, 'not-admin',
  'Only an administrator of the portal can install the application')
export const InstallationPendingError = install('B24_ERR_INSTALLATION_PENDING', 409, 'not-installed',
  'The application is not installed on this portal yet')
export const TooManyInstallationsError = install('B24_ERR_TOO_MANY_INSTALLATIONS', 429, 'too-many',
  'Too many installations of this portal are under way', 60)

// 6. Calls of our own pages and of back-ends.
const session = at('session')
export const PageSessionError = session('B24_ERR_PAGE_SESSION', 401, 'expired',
  'The page session is missing, expired or not ours')
export const ApiKeyError = session('B24_ERR_API_KEY', 401, 'session',
  'LINKS_API_KEYS does not list the SHA-256 of this API key')
export const ApiKeyPortalError = session('B24_ERR_API_KEY_PORTAL', 403, 'foreign',
  'LINKS_API_KEYS binds this API key to other portals')
export const MetricsTokenError = session('B24_ERR_METRICS_TOKEN', 401, 'session',
  'The metrics are for those who send METRICS_TOKEN as Authorization: Bearer')
export const AdminOnlyError = session('B24_ERR_ADMIN_ONLY', 403, 'admin-only',
  'Only an administrator of the portal may read this')
export const LinkWriterError = session('B24_ERR_LINK_WRITER', 403, 'foreign',
  'A page writes links of its own portal only, to screens that the composer offers')
export const PortalUnknownError = session('B24_ERR_PORTAL_UNKNOWN', 404, 'not-installed',
  'The application is not installed on this portal')

/** More calls than one user or client may make; the next is answered after `retryAfter` seconds. */
export class RateLimitedError extends session('B24_ERR_RATE_LIMITED', 429, 'too-many',
  'More calls than one user or client may make') {
  readonly retryAfter: number

  constructor (retryAfter: number) {
    super()
    this.retryAfter = retryAfter
  }
}

// 7. Handlers, and our own faults.
const handler = at('handler')

/**
 * Makes a class of errors for the handlers of an application. A person sees the error page with the texts
 * `error.<pageName>.title`, `.text` and `.todo`, of the application's locales or ours, and `.admin`, if there is one,
 * for whoever manages the portal; a program gets the code.
 *
 * @param code unique among all: `SHOP_PART_MISSING`
 * @param message for logs, with `%s` for what the constructor takes; it must not hold what a user has sent
 * @param retryAfter seconds
 */
export const handlerError: typeof handler = (code, ...more) => {
  if (httpErrors.has(code)) throw new Error(`There is an error with the code ${code} already`)
  return handler(code, ...more)
}

/** What a handler or hook throws by a status of 4xx alone; it keeps the status. */
export const RequestRefusedError = handler('B24_ERR_REQUEST_REFUSED', 403, 'internal',
  'A handler or hook refused the request by a status alone; errors of handlerError have a code and a page')
/** The service has more to do than it has time for. */
export const OverloadedError = handler('B24_ERR_OVERLOADED', 503, 'overloaded',
  'The service has more calls than it has time for', 5)
export const StoreUnavailableError = handler('B24_ERR_STORE_UNAVAILABLE', 503, 'store-unavailable',
  'The store of this service does not answer', 30)
/** For `catch`: wraps what a store throws. */
export const storeUnavailable = (cause: unknown): never => { throw new StoreUnavailableError({ cause }) }
export const InternalError = handler('B24_ERR_INTERNAL', 500, 'internal', 'This service made a mistake')
export const LinkUnknownError = handler('B24_ERR_LINK_UNKNOWN', 404, 'not-found', 'No visit of this link is known')
export const TokensLostError = handler('B24_ERR_TOKENS_LOST', 503, 'tokens-lost',
  'The token pair of the installation is dead; the next call of an administrator brings a new one')
export const TokensMissingError = handler('B24_ERR_TOKENS_MISSING', 503, 'tokens-missing',
  'No token pair of the installation is stored; the application has to be installed again')
export const TokensRefusedError = handler('B24_ERR_TOKENS_REFUSED', 503, 'tokens-refused',
  'The authorization server refused to refresh the token pair of the installation: %s')
export const PortalUnavailableError = handler('B24_ERR_PORTAL_UNAVAILABLE', 503, 'portal-unavailable',
  'The REST interface of the portal does not answer', 30)
export const TooManyRowsError = handler('B24_ERR_TOO_MANY_ROWS', 500, 'internal',
  'The list of %s has more rows than %s: narrow its filter, or raise maxRows')
export const ListIncompleteError = handler('B24_ERR_LIST_INCOMPLETE', 502, 'portal-unavailable',
  'The portal ends the list of %s after %s of %s rows: rest.pages() gives those that it has')
export const ListTooLargeError = handler('B24_ERR_LIST_TOO_LARGE', 500, 'internal',
  'The list of %s has more bytes than %s: select fewer fields, or read it by rest.pages()')

export const FrontendCallError = handler('B24_ERR_FRONTEND_CALL', 403, 'session',
  'reply.app answers verified calls of a placement only')
export const FrontendEntryError = handler('B24_ERR_FRONTEND_ENTRY', 500, 'internal',
  'The front end has no entry %s: %s')
export const FrontendDataError = handler('B24_ERR_FRONTEND_DATA', 500, 'internal',
  'The data of the page %s is no JSON: %s')
export const FrontendRenderError = handler('B24_ERR_FRONTEND_RENDER', 500, 'internal',
  'The page %s could not be rendered on the server')

// 8. What the portal says no to: its own code, its own words in up to 500 characters, and the method.
const refusal = (Base: ReturnType<typeof handler>) => class extends Base {
  /** Such as `ACCESS_DENIED`; `unknown` where the portal gives none; `http_403` where it gives a status only */
  readonly portalCode: string
  readonly portalText: string
  readonly method: string | undefined

  constructor (portalCode: string, portalText = '', method?: string) {
    super(portalCode)
    this.portalCode = portalCode
    this.portalText = portalText
    this.method = method
  }
}
export const PortalRefusedError = refusal(handler('B24_ERR_PORTAL_REFUSED', 502, 'portal-refused',
  'The portal refused a REST call: %s'))
export const InstallRefusedError = refusal(install('B24_ERR_INSTALL_REFUSED', 502, 'install-refused',
  'The portal refused a step of the installation: %s'))

// 9. Boot, tools and links that cannot be written: never seen in a frame.
export const PlacementDuplicatedError = createError('B24_ERR_PLACEMENT_DUPLICATED',
  'Placement %s is declared twice: in %s and in %s')
export const PlacementAmbiguousError = createError('B24_ERR_PLACEMENT_AMBIGUOUS',
  'The placement patterns %s match one code: declared in %s and in %s')
export const PlacementLateError = createError('B24_ERR_PLACEMENT_LATE',
  'Placement %s is declared after the service has started')
export const PlacementBareError = createError('B24_ERR_PLACEMENT_BARE', 'Placement %s cannot have a handler: ' +
  'the portal opens it by GET without any data, so no call can be verified. Declared in %s. ' +
  'Bind an address of your own there, with placement.bind')
export const PlacementSettingError = createError('B24_ERR_PLACEMENT_SETTING', 'Placement %s, declared in %s: %s')
export const PlacementCodeError = createError('B24_ERR_PLACEMENT_CODE',
  '%s is not a placement code or pattern: those are of upper-case letters, digits, "_" and "*"')
export const LifecycleHandlerError = createError('B24_ERR_LIFECYCLE_HANDLER', '%s: %s %s')
export const PolicyError = createError('B24_ERR_POLICY', 'frameAncestors.widen: %s')
export const ScreenError = createError('B24_ERR_SCREEN', 'Screen %s, declared in %s, %s')
export const ApplicationFolderError = createError<string, [why: string, options: ErrorOptions]>(
  'B24_ERR_APPLICATION_FOLDER', 'APPLICATION must name a folder that this process can read: %s')
export const ApplicationFileError = createError<string, [file: string, why: string, options?: ErrorOptions]>(
  'B24_ERR_APPLICATION_FILE', '%s: %s')
export const HostDecoratorError = createError('B24_ERR_HOST_DECORATOR', 'app: the host has decorated %s, which the ' +
  'app needs: rename yours, or add it in a scope that the app is not registered in')
export const HostRouteError = createError('B24_ERR_HOST_ROUTE', 'app: the host has a route %s, which the app needs: ' +
  "register the app with a prefix of its own, such as { prefix: '/b24' }")
export const MigrationError = createError<string, [file: string, why: string, options?: ErrorOptions]>(
  'B24_ERR_MIGRATION', '%s: %s')
export const LocaleError = createError('B24_ERR_LOCALE', '%s: %s')
export const AssetNameError = createError('B24_ERR_ASSET_NAME',
  '%s cannot be served by its name: rename it without * : ? # % or \\')
export const RouteDuplicatedError = createError('B24_ERR_ROUTE_DUPLICATED',
  'The route %s is declared twice: by %s and by %s')
export const ExportMissingError = createError('B24_ERR_EXPORT_MISSING', '%s has no plugin as its default export')
export const DeclarationNameError = createError('B24_ERR_DECLARATION_NAME',
  '%s must declare the %s %s, after which it is named')
export const DeclarationHookError = createError('B24_ERR_DECLARATION_HOOK', '%s calls %s, which does nothing for its ' +
  'handler: use preHandler in the settings, or move it to a plugin in plugins/')
export const FrontendBuildError = createError('B24_ERR_FRONTEND_BUILD', '%s: run fastify-bitrix24 build')
export const FrontendViteError = createError<string, [root: string, options?: ErrorOptions]>('B24_ERR_FRONTEND_VITE',
  'Vite is not installed in %s, where the front end needs it: npm install --save-dev vite')
export const FrontendPathError = createError('B24_ERR_FRONTEND_PATH',
  'The route %s cannot be declared: the files of the front end are below /ui/')
export const StoreUrlError = createError('B24_ERR_STORE_URL', '%s: %s')
export const StoreOpenError = createError<string, [name: string, kind: string, why: string, options: ErrorOptions]>(
  'B24_ERR_STORE_OPEN', '%s: %s cannot be used: %s')
export const StoreKeyError = createError('B24_ERR_STORE_KEY', 'The stored %s cannot be decrypted: %s')
export const StoreVersionError = createError('B24_ERR_STORE_VERSION', '%s: %s')
export const StoreTargetError = createError('B24_ERR_STORE_TARGET', '%s')
export const StoreCopyError = createError('B24_ERR_STORE_COPY', 'The copy of %s is not the same: %s. ' +
  'Stop what writes to either store, and run this again')
export const LinkError = createError('B24_ERR_LINK', '%s %s')
export const TunnelError = createError('B24_ERR_TUNNEL', '%s')
