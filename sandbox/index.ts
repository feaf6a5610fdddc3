import { randomBytes } from 'node:crypto'
import { authorizationServer } from './authorization-server.ts'
import { Content } from './content.ts'
import { Portal } from './portal.ts'
import type { SandboxPortal } from './portal.ts'
import { portalServer } from './portal-server.ts'
import { NO_TROUBLE } from './state.ts'
import type { RequestRecord, SandboxState, Trouble } from './state.ts'
import { Tokens } from './tokens.ts'
import { Wire } from './wire.ts'

export type { CallOptions, PlacementCall } from './call.ts'
export type { LifecycleEvent, LifecycleEventName } from './lifecycle-event.ts'
export type { EventRow, Grant, PlacementRow, SandboxPortal, SandboxUser } from './portal.ts'
export type { RequestRecord, Trouble } from './state.ts'
export type { Party, WireEntry } from './wire.ts'

/** What the sandbox must know about the service, and where it listens. */
export interface SandboxOptions {
  /** Origin of the service under test. Its handler is /placement, its install page /install, its events /events. */
  appUrl: string
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
  /** Listening address, 127.0.0.1 without it. */
  host?: string
}

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
  portals: { alpha: SandboxPortal, beta: SandboxPortal }
  /** Switch faults on and off here. */
  trouble: Trouble
  /** What the service asked the authorization server and the portals for. */
  requests: RequestRecord[]
  /** Every message between Bitrix24 and the application, the newest last. */
  wire: Wire
  close (): Promise<void>
}

const DEFAULT_SCOPE = ['placement', 'user_brief', 'user', 'crm', 'im', 'task', 'calendar', 'sonet_group', 'telephony', 'contact_center']

function initialState (options: SandboxOptions): SandboxState {
  const clientId = options.clientId ?? 'local.66ba434d853c87.18550109'
  const appUrl = new URL(options.appUrl).origin
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

/**
 * Starts a local Bitrix24: an authorization server and two portals, on ports of their own.
 *
 * @throws the error of the system when a port is taken; nothing listens then
 */
export async function startSandbox (options: SandboxOptions): Promise<Sandbox> {
  const state = initialState(options)
  const { host = '127.0.0.1', scope = DEFAULT_SCOPE } = options
  const portals = { alpha: new Portal(state, 'Alpha', [...scope]), beta: new Portal(state, 'Beta', [...scope]) }
  const oauth = authorizationServer(state)
  const servers = { alpha: portalServer(portals.alpha), beta: portalServer(portals.beta) }

  const close = async (): Promise<void> => {
    await Promise.all([oauth.close(), servers.alpha.close(), servers.beta.close()])
    state.content.close()
  }

  try {
    const [oauthAddress, alphaAddress, betaAddress] = await Promise.all([
      oauth.listen({ host, port: options.oauthPort ?? 0 }),
      servers.alpha.listen({ host, port: options.port ?? 0 }),
      servers.beta.listen({ host, port: 0 })
    ])
    state.authorizationServer = `http://127.0.0.1:${new URL(oauthAddress).port}`
    portals.alpha.url = `http://localhost:${new URL(alphaAddress).port}`
    portals.beta.url = `http://localhost:${new URL(betaAddress).port}`
  } catch (error) {
    await close()
    throw error
  }

  const { clientId, clientSecret, code: appCode } = state.application
  const { authorizationServer: server, trouble, requests, wire } = state
  return { url: portals.alpha.url, authorizationServer: server, clientId, clientSecret, appCode, portals, trouble, requests, wire, close }
}
