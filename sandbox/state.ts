import type { Content } from './content.ts'
import type { LiveReload } from './live-reload.ts'
import type { Portal } from './portal.ts'
import type { RestMethod } from './rest/rest-method.ts'
import type { Tokens } from './tokens.ts'
import type { Wire } from './wire.ts'

/** The application under test, as its card in Bitrix24 describes it. @internal */
export interface Application {
  /** The portal-local number in /marketplace/app/<id>/. */
  id: number
  name: string
  clientId: string
  clientSecret: string
  code: string
  version: number
  /** L: a local application. */
  status: string
  handlerUrl: string
  installUrl: string
  eventsUrl: string
}

/** Faults that can be switched on. Each is `none` (or 0) at the start. */
export interface Trouble {
  /** down: the connection breaks; nonsense: HTML with 200; error: 500 with an error code. */
  authorizationServer: 'none' | 'down' | 'nonsense' | 'error'
  /** Milliseconds that the authorization server waits before each answer. */
  authorizationServerDelay: number
  /**
   * down: the connection breaks; nonsense: HTML with 200; limited: QUERY_LIMIT_EXCEEDED; overtime:
   * OPERATION_TIME_LIMIT; unpaid: PAYMENT_REQUIRED, also of the authorization server.
   */
  rest: 'none' | 'down' | 'nonsense' | 'limited' | 'overtime' | 'unpaid'
  /** Milliseconds that REST waits before each answer. */
  restDelay: number
  /** What is wrong with the tokens of the calls from now on: too old, unknown, issued to another application. */
  token: 'none' | 'expired' | 'revoked' | 'foreign'
  /**
   * cut: a pair is refreshed, and the connection breaks before the answer has left; the new pair is lost on its way.
   */
  refresh: 'none' | 'cut'
  /**
   * unfinished: handlers are called although the authorization server says that the installation was never finished.
   */
  installation: 'none' | 'unfinished'
  /** denied: only administrators may use the application. */
  access: 'none' | 'denied'
  /** dropped: an update of the application drops its handlers of events, as older portals do. */
  events: 'none' | 'dropped'
  /**
   * enterprise: the plan on which an address may make 250 calls, and five a second after that; basic: a plan without
   * REST, ACCESS_DENIED.
   */
  licence: 'none' | 'enterprise' | 'basic'
}

/** No fault at all. @internal */
export const NO_TROUBLE: Readonly<Trouble> = {
  authorizationServer: 'none',
  authorizationServerDelay: 0,
  rest: 'none',
  restDelay: 0,
  token: 'none',
  refresh: 'none',
  installation: 'none',
  access: 'none',
  events: 'none',
  licence: 'none'
}

/** What the authorization server and the portals share. @internal */
export interface SandboxState {
  application: Application
  /** Origin of the authorization server, known once it listens. */
  authorizationServer: string
  tokens: Tokens
  trouble: Trouble
  /** By trouble: number of the newest message on the wire when it was last switched on the panel of any portal. */
  troubleSince: Record<string, number>
  wire: Wire
  content: Content
  /** REST methods of the test, by their names in lower case. */
  methods: ReadonlyMap<string, RestMethod>
  /** What went wrong in them and was not reported yet. */
  failures: Error[]
  /** Set while pages load the application again by themselves. */
  liveReload?: LiveReload
  /** With it the portals ask the application for links; without it their example texts lead to no screens. */
  linksApiKey?: string
  /** All of them, for the switch between them. */
  portals: Portal[]
}
