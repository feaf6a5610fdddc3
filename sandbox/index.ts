import { randomBytes } from 'node:crypto'
import { authorizationServer } from './authorization-server.ts'
import type { PlacementCall } from './call.ts'
import { Content } from './content.ts'
import { freePort, HOST, listen } from './listen.ts'
import { Portal } from './portal.ts'
import { portalServer } from './portal-server.ts'
import { sendCall } from './send-call.ts'
import type { CallChanges, SandboxAnswer } from './send-call.ts'
import { NO_TROUBLE } from './state.ts'
import type { RequestRecord, SandboxState, Trouble } from './state.ts'
import { Tokens } from './tokens.ts'
import { Wire } from './wire.ts'

export { placementCall } from './call.ts'
export type { CallOptions, PlacementCall } from './call.ts'
export type { LifecycleEvent, LifecycleEventName } from './lifecycle-event.ts'
export type { EventRow, Grant, PlacementRow, Portal, SandboxPortal, SandboxUser } from './portal.ts'
export type { CallChanges, SandboxAnswer } from './send-call.ts'
export type { RequestRecord, Trouble } from './state.ts'
export type { Party, WireEntry } from './wire.ts'

/** What the sandbox must know about the application, and where it listens: on this machine only. */
export interface SandboxOptions {
  /**
   * Origin of the application under test; without it an address of this machine with a free port, to be found in `env`.
   * Its handler is /placement, its install page /install, its events /events.
   */
  appUrl?: string
  clientId?: string
  clientSecret?: string
  /** The code in links; the client id without it, as for a local application. */
  appCode?: string
  scope?: string[]
  /** Port of the portal alpha, 0 for a free one. */
  port?: number
  /** Port of the authorization server, 0 for a free one. */
  oauthPort?: number
  /** File that keeps what people write on the portals; `:memory:`, which is forgotten at the end, without it. */
  database?: string
}

/** Names and values of the variables that make an application belong to a sandbox. */
export type SandboxEnvironment = Record<'HOST' | 'PORT' | 'PUBLIC_URL' | 'B24_CLIENT_ID' | 'B24_CLIENT_SECRET' | 'B24_APP_CODE' |
  'B24_OAUTH_SERVERS' | 'APP_SECRET' | 'DATABASE_URL' | 'ALLOW_INSECURE_PORTALS', string>

/** A running sandbox. */
export interface Sandbox {
  /** Origin of the portal alpha: on localhost, another site than the service on 127.0.0.1. */
  url: string
  /** Origin of the authorization server. */
  authorizationServer: string
  clientId: string
  clientSecret: string
  appCode: string
  /** Two portals; the application is installed on neither at the start. */
  portals: { alpha: Portal, beta: Portal }
  /** Switch faults on and off here. */
  trouble: Trouble
  /** What the service asked the authorization server and the portals for. */
  requests: RequestRecord[]
  /** Every message between Bitrix24 and the application, the newest last. */
  wire: Wire
  /** The environment with which the application under test belongs to this sandbox: PUBLIC_URL, PORT, B24_CLIENT_ID and so on. */
  env: SandboxEnvironment
  /** Sends a call as the user's browser does, with other fields if wanted (undefined leaves a field out), and reads the answer. */
  send (call: PlacementCall, changes?: CallChanges): Promise<SandboxAnswer>
  /**
   * Installs the application on a portal, alpha without one: opens the install page as an administrator. When it
   * answers with 200, the portal takes the installation for finished.
   */
  install (portal?: Portal): Promise<SandboxAnswer>
  close (): Promise<void>
}

const DEFAULT_SCOPE = ['placement', 'user_brief', 'user', 'crm', 'im', 'task', 'calendar', 'log', 'sonet_group', 'telephony', 'contact_center']

function initialState (options: SandboxOptions, appUrl: string): SandboxState {
  const clientId = options.clientId ?? 'local.66ba434d853c87.18550109'
  return {
    application: {
      id: 1,
      name: 'Demo widgets',
      clientId,
      clientSecret: options.clientSecret ?? randomBytes(25).toString('hex'),
      code: options.appCode ?? clientId,
      version: 1,
      status: 'L',
      handlerUrl: `${appUrl}/placement`,
      installUrl: `${appUrl}/install`,
      eventsUrl: `${appUrl}/events`
    },
    authorizationServer: '',
    tokens: new Tokens(),
    trouble: { ...NO_TROUBLE },
    requests: [],
    wire: new Wire(),
    content: new Content(options.database ?? ':memory:')
  }
}

/** What the application under test needs to know of the sandbox. */
function environment ({ application, authorizationServer }: SandboxState, appUrl: string): SandboxEnvironment {
  return {
    HOST,
    PORT: new URL(appUrl).port,
    PUBLIC_URL: appUrl,
    B24_CLIENT_ID: application.clientId,
    B24_CLIENT_SECRET: application.clientSecret,
    B24_APP_CODE: application.code,
    B24_OAUTH_SERVERS: authorizationServer,
    APP_SECRET: randomBytes(32).toString('base64'),
    DATABASE_URL: 'sqlite::memory:',
    ALLOW_INSECURE_PORTALS: 'true'
  }
}

/**
 * Starts a local Bitrix24: an authorization server and two portals, on ports of their own.
 *
 * @throws when NODE_ENV is production; the error of the system (EADDRINUSE, ENOENT ...) with a sentence about what to do when a
 *   port is taken; nothing listens then
 */
export async function sandbox (options: SandboxOptions = {}): Promise<Sandbox> {
  if (process.env.NODE_ENV === 'production') {
    throw new Error('The sandbox hands out tokens to everybody, so it does not start with NODE_ENV=production.')
  }
  const appUrl = new URL(options.appUrl ?? `http://${HOST}:${await freePort()}`).origin
  const state = initialState(options, appUrl)
  const { scope = DEFAULT_SCOPE } = options
  const portals = { alpha: new Portal(state, 'Alpha', [...scope]), beta: new Portal(state, 'Beta', [...scope]) }
  const oauth = authorizationServer(state)
  const servers = { alpha: portalServer(portals.alpha), beta: portalServer(portals.beta) }

  const close = async (): Promise<void> => {
    await Promise.all([oauth.close(), servers.alpha.close(), servers.beta.close()])
    state.content.close()
  }

  try {
    const [oauthAddress, alphaAddress, betaAddress] = await Promise.all([
      listen(oauth, options.oauthPort),
      listen(servers.alpha, options.port),
      listen(servers.beta)
    ])
    state.authorizationServer = `http://${HOST}:${new URL(oauthAddress).port}`
    portals.alpha.url = `http://localhost:${new URL(alphaAddress).port}`
    portals.beta.url = `http://localhost:${new URL(betaAddress).port}`
  } catch (error) {
    await close()
    throw error
  }

  const { clientId, clientSecret, code: appCode } = state.application
  const { authorizationServer: server, trouble, requests, wire } = state
  const send: Sandbox['send'] = (call, changes) => sendCall(state, call, changes)
  return {
    url: portals.alpha.url,
    authorizationServer: server,
    clientId,
    clientSecret,
    appCode,
    portals,
    trouble,
    requests,
    wire,
    env: environment(state, appUrl),
    send,
    async install (portal = portals.alpha) {
      const answer = await send(portal.placementCall('DEFAULT', { handler: state.application.installUrl }))
      portal.installed = answer.status === 200
      return answer
    },
    close
  }
}
