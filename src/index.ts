// The public surface of the package. Plugins are imported one by one: 'fastify-bitrix24/plugins/auth-token'.
export { default as app, type AppOptions } from './app.ts'
export { ConfigError, loadConfig, type Config } from './config.ts'
export {
  ApiKeyError, ApiKeyPortalError, ApplicationTokenError, AuthIdExpiredError, AuthIdMissingError, AuthIdUnknownError,
  AuthorizationServerUnavailableError, CallMalformedError, ContentTypeError, DeclarationHookError,
  DeclarationNameError, DocumentMissingError, DocumentOriginError, DocumentRefusedError, DocumentUnavailableError,
  DocumentsOffError, DomainError, EventUnknownError, ExportMissingError, FieldRepeatedError, ForeignApplicationError,
  ForeignPortalError, InstallRefusedError, InternalError, LinkError, LinkExpiredError, LinkSignatureError,
  LinkUnknownError, LinkWriterError, MethodError, MetricsTokenError, NotAdminError, NotApproverError, NotFoundError,
  NotInstalledError, OptionsMalformedError, OptionsMismatchError, PageSessionError, PaymentRequiredError,
  PlacementAmbiguousError, PlacementBareError, PlacementCodeError, PlacementDuplicatedError, PlacementLateError,
  PlacementUnknownError, PortalAddressError, PortalRefusedError, PortalUnavailableError, PortalUnknownError,
  RateLimitedError, RecordDeniedError, RecordMissingError, ScreenError, ScreenUnknownError, ServerEndpointError,
  StoreCopyError, StoreKeyError, StoreOpenError, StoreTargetError, StoreUnavailableError, StoreUrlError,
  StoreVersionError, TokensLostError, TokensMissingError, TokensRefusedError, TooLargeError,
  TooManyInstallationsError, TooManyProofsError
} from './errors.ts'
export { sliderLink, parseSliderLink, type LinkParams, type LinkValue } from './http/slider-link.ts'
export { PlacementBodySchema, PlacementQuerySchema, type PlacementBody, type PlacementCall, type PlacementQuery } from './schemas/placement.ts'
export { EventSchema, type LifecycleEvent } from '../plugins/lifecycle-events/event-schema.ts'
export { createKeyRing, type KeyRing } from './crypto/keys.ts'
export { openStore, type Store, type OpenStoreOptions } from './store/open-store.ts'
export type { BindingReport, Installation, InstallationStore, NewInstallation, PortalAddress, RefreshState, TokenPair } from './store/installation-store.ts'
export type { PortalRest, RestAnswer, RestCommand } from '../plugins/portal-rest/portal-rest.ts'
export type { RefusalCode, RefreshOutcome } from '../plugins/tokens/refresh-counts.ts'
export type { VerifiedCall } from '../plugins/auth-token/verify-call.ts'
export { serverOptions } from './server-options.ts'
export type { PlacementDeclaration, Texts } from '../plugins/placement-dispatch/registry.ts'
export type { PlacementContext, PlacementHandler, PlacementRequest, PlacementSettings } from '../plugins/placement-dispatch/index.ts'
export type { Screen, ScreenDeclaration } from '../plugins/links/screen.ts'
export type { LinkPortal, ScreenLink } from '../plugins/links/screen-links.ts'
export type { Mismatch, OptionsMismatch } from './schemas/options-schema.ts'
export type { ScreenContext, ScreenHandler, ScreenVisit, ScreenRequest, ScreenSettings } from '../plugins/links/index.ts'
export type { DailyVisits, LinkReport, LinkTotals, OpenedLink, VisitCount, VisitStore, UserVisits } from '../plugins/links/visit-store.ts'
export type { Approval, ApprovalAnswer, ApprovalStep, ApprovalStore } from '../routes/screens/approval/approval-store.ts'
