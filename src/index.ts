// The public surface of the package. Plugins are imported one by one: 'fastify-bitrix24/plugins/auth-token'.

// Keeps the declarations of all decorators in the types of the package: imports without a name do not survive there.
export type {} from '../plugins/auth-token/index.ts'
export type {} from '../plugins/call-log/index.ts'
export type {} from '../plugins/error-pages/index.ts'
export type {} from '../plugins/frame-ancestors/index.ts'
export type {} from '../plugins/frontend/index.ts'
export type {} from '../plugins/lifecycle-events/index.ts'
export type {} from '../plugins/links/index.ts'
export type {} from '../plugins/openapi/index.ts'
export type {} from '../plugins/overload/index.ts'
export type {} from '../plugins/page/index.ts'
export type {} from '../plugins/placement-options/index.ts'
export type {} from '../plugins/portal-rest/index.ts'
export type {} from '../plugins/rate-limit/index.ts'
export type {} from '../plugins/tokens/index.ts'

// The service, and what it is started with.
export { default as app } from './app.ts'
export type { AppOptions } from './app-options.ts'
export { ConfigError, loadConfig, type Config } from './config.ts'
export { serverOptions } from './server-options.ts'

// A call: what a portal posts, what is verified of it, and what handlers get.
export type { VerifiedCall } from '../plugins/auth-token/calls.ts'
export { EventSchema, type LifecycleEvent } from '../plugins/lifecycle-events/event-schema.ts'
export type {
  Feature, HomeSection, PlacementContext, PlacementDeclaration, PlacementHandler, PlacementRequest, PlacementSettings
} from '../plugins/placement-dispatch/index.ts'
export type { InstalledContext, UninstalledContext } from '../plugins/installation/index.ts'
export type { PreHandler, PreHandlers } from './http/pre-handlers.ts'
export {
  PlacementBodySchema, PlacementQuerySchema, type PlacementBody, type PlacementCall, type PlacementQuery, type Texts
} from './schemas/placement.ts'

// Calls of pages, and what the pages carry.
export type { NewPageSession, PageSession } from '../plugins/page-session/index.ts'
export type { PageUser } from '../plugins/page-user/index.ts'
export { createKeyRing, type DerivedKey, type KeyRing } from './crypto/keys.ts'
export { createSealedTokens } from './crypto/sealed-token.ts'
export { frameQuery, personUrl } from './http/urls.ts'

// REST.
export type { InstalledPortal } from '../plugins/portal-rest/index.ts'
export type {
  CallOptions, ListOptions, PortalRest, RestAnswer, RestCommand, RestPage
} from '../plugins/portal-rest/rest-interface.ts'

// Screens and the links to them.
export type { Screen, ScreenDeclaration } from '../plugins/links/screen.ts'
export type { LinkPortal, ScreenLink } from '../plugins/links/screen-links.ts'
export type { ScreenContext, ScreenHandler, ScreenRequest, ScreenSettings } from '../plugins/links/screens.ts'
export type { DailyVisits, LinkReport, UserVisits } from '../plugins/links/visits/visit-types.ts'
export type { ScreenVisit } from '../plugins/links/visits/visits.ts'
export { sliderLink, parseSliderLink, type LinkParams, type LinkValue } from './http/slider-link.ts'

// The store.
export type { RefreshErrorCode, RefreshOutcome } from '../plugins/tokens/refresher.ts'
export { openStore, type Store, type OpenStoreOptions } from './store/open-store.ts'
export type {
  BindingReport, Installation, InstallationStore, NewInstallation, PortalAddress, RefreshState, TokenPair
} from './store/installation-store.ts'
export type { Pair, PairStore, StoredPair, SystemUserStore } from './store/pair-store.ts'
export type { ChangeStore, InstallationChange, TakenChange } from './store/change-store.ts'

// Errors: docs/errors.md has them all.
export { mismatchError, type Mismatch, type OptionsMismatch } from './schemas/mismatch.ts'
export {
  AdminOnlyError, ApiKeyError, ApiKeyPortalError, ApplicationFileError, ApplicationFolderError,
  ApplicationTokenError, AssetNameError, AuthIdExpiredError, AuthIdMissingError, AuthIdUnknownError,
  AuthorizationServerUnavailableError, CallMalformedError, ContentTypeError, DeclarationHookError,
  DeclarationNameError, DomainError, EventUnknownError, ExportMissingError, FieldRepeatedError,
  ForeignApplicationError, ForeignPortalError, FrontendBuildError, FrontendCallError, FrontendDataError,
  FrontendEntryError, FrontendPathError, FrontendRenderError, FrontendViteError, HostDecoratorError, HostRouteError,
  InstallRefusedError, InstallationPendingError, InternalError, LifecycleHandlerError, LinkError, LinkExpiredError,
  LinkSignatureError, LinkUnknownError, LinkWriterError, ListIncompleteError, ListTooLargeError, LocaleError,
  MethodError, MetricsTokenError, MigrationError, NotAdminError, NotFoundError, NotInstalledError,
  OptionsMalformedError, OptionsMismatchError, OverloadedError, PageSessionError, PaymentRequiredError,
  PlacementAmbiguousError, PlacementBareError, PlacementCodeError, PlacementDuplicatedError, PlacementLateError,
  PlacementSettingError, PlacementUnknownError, PolicyError, PortalAddressError, PortalRefusedError,
  PortalUnavailableError, PortalUnknownError, RateLimitedError, RequestRefusedError, RouteDuplicatedError, ScreenError,
  ScreenUnknownError, ServerEndpointError, StoreCopyError, StoreKeyError, StoreOpenError, StoreTargetError,
  StoreUnavailableError, StoreUrlError, StoreVersionError, TokensLostError, TokensMissingError, TokensRefusedError,
  TooLargeError, TooManyInstallationsError, TooManyProofsError, TooManyRowsError, TunnelError, handlerError
} from './errors.ts'
