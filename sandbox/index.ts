import type { PlacementCall } from './call.ts'
import { environment, type SandboxEnvironment } from './environment.ts'
import { checkSandboxOptions, initialState, type SandboxOptions } from './initial-state.ts'
import { finishInstallation } from './lifecycle.ts'
import { freePort, HOST } from './listen.ts'
import { Portal } from './portal.ts'
import { sendCall, type CallChanges } from './send-call.ts'
import type { SandboxAnswer } from './send-message.ts'
import { startServers } from './start-servers.ts'
import type { Trouble } from './state.ts'
import type { Wire, WireEntry } from './wire.ts'

export { placementCall, type CallOptions, type PlacementCall } from './call.ts'
export type { SandboxEnvironment } from './environment.ts'
export type { SandboxOptions } from './initial-state.ts'
export type { SandboxMethod } from './rest/added-methods.ts'
export { page, type Page } from './rest/page.ts'
export type { DataEventName, EventName, LifecycleEventName, PortalEvent } from './portal-event.ts'
export type { EventRow, Grant, PlacementRow, Portal, SandboxUser } from './portal.ts'
export type { CallChanges } from './send-call.ts'
export type { SandboxAnswer } from './send-message.ts'
export type { Trouble } from './state.ts'
export type { Party, Wire, WireEntry } from './wire.ts'

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
  /**
   * What the application asked the authorization server and the portals for, at this moment: its entries on the wire.
   */
  readonly requests: WireEntry[]
  /** Every message between Bitrix24 and the application, the newest last; `wire.clear()` forgets them. */
  wire: Wire
  /** The environment that makes an application belong to this sandbox: PUBLIC_URL, PORT, B24_CLIENT_ID and so on. */
  env: SandboxEnvironment
  /**
   * Sends a call as the user's browser does, with other fields if wanted (undefined leaves a field out), and reads the
   * answer. Rejects, as `install` and `close` do, when one of the `methods` of the test failed meanwhile.
   */
  send (call: PlacementCall, changes?: CallChanges): Promise<SandboxAnswer>
  /**
   * Installs the application on a portal, alpha without one: opens the install page as an administrator. When it
   * answers with 200, the portal takes the installation for finished, and tells the handlers of ONAPPINSTALL; the first
   * time it has made a system user for the application, and sends ONAPPUSERREADY to the install page, too.
   */
  install (portal?: Portal): Promise<SandboxAnswer>
  /** Further portals, for tests that need many: with tokens of their own, but all at the address of alpha. */
  addPortals (count: number): Portal[]
  /** Tells open pages that the application runs anew; with the option `liveReload` they load it again. */
  reload (): void
  close (): Promise<void>
}

const DEFAULT_SCOPE = ['placement', 'user_brief', 'user', 'user.userfield', 'crm', 'userfieldconfig', 'im', 'task',
  'tasks', 'calendar', 'log', 'disk', 'department', 'sonet_group', 'telephony', 'contact_center', 'imbot',
  'imopenlines', 'imconnector', 'sale', 'catalog', 'booking']

/**
 * Starts a local Bitrix24: an authorization server and two portals, on ports of their own.
 *
 * @throws for an option that does not exist, when NODE_ENV is production, or when the database cannot be opened; the
 *   error of the system (EADDRINUSE, EACCES ...) with a sentence about what to do when a port cannot be used; nothing
 *   listens then
 */
export async function sandbox (options: SandboxOptions = {}): Promise<Sandbox> {
  checkSandboxOptions(options)
  if (process.env.NODE_ENV === 'production') {
    throw new Error('The sandbox hands out tokens to everybody, so it does not start with NODE_ENV=production.')
  }
  const appUrl = new URL(options.appUrl ?? `http://${HOST}:${await freePort()}`).href.replace(/\/$/, '')
  const state = initialState(options, appUrl)
  const { scope = DEFAULT_SCOPE } = options
  const portals = { alpha: new Portal(state, 'Alpha', [...scope]), beta: new Portal(state, 'Beta', [...scope]) }
  const close = await startServers(state, portals, options)
  /** A method of the test that has failed makes the test fail. */
  const reportFailure = (): void => {
    const failure = state.failures.shift()
    if (failure) throw failure
  }

  const { clientId, clientSecret, code: appCode } = state.application
  const { authorizationServer: server, trouble, wire } = state
  const send: Sandbox['send'] = async (call, changes) => {
    const answer = await sendCall(wire, call, changes)
    reportFailure()
    return answer
  }
  return {
    url: portals.alpha.url,
    authorizationServer: server,
    clientId,
    clientSecret,
    appCode,
    portals,
    trouble,
    get requests () { return wire.entries.filter(({ from }) => from === 'application') },
    wire,
    env: environment(state, appUrl, options.logLevel),
    send,
    async install (portal = portals.alpha) {
      const answer = await send(portal.placementCall('DEFAULT', { handler: state.application.installUrl }))
      if (answer.status === 200) await finishInstallation(portal)
      else portal.installed = false
      return answer
    },
    addPortals: count => Array.from({ length: count }, () => {
      const portal = new Portal(state, `Portal ${state.portals.length + 1}`, [...scope])
      portal.url = portals.alpha.url
      return portal
    }),
    reload () {
      for (const portal of state.portals) portal.screens = undefined // it may have others now
      state.liveReload?.reload()
    },
    async close () {
      await close()
      reportFailure()
    }
  }
}
