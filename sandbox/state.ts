import type { Tokens } from './tokens.ts'

/** The application under test, as its card in Bitrix24 describes it. */
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

/** Faults that a test can switch on. */
export interface Trouble {
  /** down: the connection breaks; nonsense: HTML with 200; error: 500 with an error code. */
  authorizationServer: 'none' | 'down' | 'nonsense' | 'error'
  /** Milliseconds that the authorization server waits before each answer. */
  authorizationServerDelay: number
  /** down: the connection breaks; nonsense: HTML with 200. */
  rest: 'none' | 'down' | 'nonsense'
}

/** One request that reached the sandbox. Holds no token. */
export interface RequestRecord {
  to: 'oauth' | 'rest'
  /** Path without the query. */
  path: string
  /** Name of the REST method. */
  method?: string
  /** The portal that the token belongs to. */
  memberId?: string
}

/** What the authorization server and the portals share. */
export interface SandboxState {
  application: Application
  /** Origin of the authorization server, known once it listens. */
  authorizationServer: string
  tokens: Tokens
  trouble: Trouble
  requests: RequestRecord[]
}
