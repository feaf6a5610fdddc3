import { createHash } from 'node:crypto'
import { placementCall } from './call.ts'
import type { CallOptions, PlacementCall } from './call.ts'
import type { PortalContent } from './content.ts'
import type { ExampleLinks } from './example-links.ts'
import { OfflineQueue } from './offline-queue.ts'
import { PortalAddress } from './portal-address.ts'
import { portalEvent } from './portal-event.ts'
import type { EventName, PortalEvent } from './portal-event.ts'
import type { EventRow, Grant, PlacementRow, SandboxUser } from './portal-records.ts'
import { peopleOf } from './rest/people/kept-people.ts'
import { examples, refreshExamples } from './seed.ts'
import type { SandboxState } from './state.ts'

export type { EventRow, Grant, PlacementRow, SandboxUser }

/** One local Bitrix24, as the sandbox and its tests see it. */
export class Portal extends PortalAddress {
  readonly memberId: string
  readonly applicationToken: string
  readonly users: Record<'admin' | 'employee' | 'designer' | 'accountant', SandboxUser> = {
    admin: { id: 1, name: 'Anna', lastName: 'Berger', admin: true },
    employee: { id: 2, name: 'Emil', lastName: 'Novak', admin: false },
    designer: { id: 3, name: 'Sofia', lastName: 'Rossi', admin: false },
    accountant: { id: 4, name: 'Omar', lastName: 'Haddad', admin: false }
  }

  /** Everybody in the company: those of `users`, and those whom user.add has invited. @internal */
  readonly people: SandboxUser[]
  /** Acts for the application while nobody calls. No employee: user.get does not list it. */
  readonly systemUser: SandboxUser
  /** Whether the portal has made its system user, which it does once for an installation. */
  hasSystemUser = false
  /** For whom, and in which language, the portal has opened the application in frames, by APP_SID. */
  readonly frameViewers = new Map<string, { user: SandboxUser, lang: string }>()
  /** What people wrote on this portal. */
  readonly content: PortalContent
  /** Whether the installation of the application was finished. */
  installed = false
  /** Whether the application was removed and not opened for its installation since. */
  removed = false
  /** Version of the application that is installed. */
  version = 1
  scope: string[]
  placements: PlacementRow[] = []
  events: EventRow[] = []
  /** The events that wait for the application. @internal */
  offline = new OfflineQueue()
  /** What pages of the application stored: for everybody, and by user id. */
  appOptions: Record<string, unknown> = {}
  userOptions: Record<string, Record<string, unknown>> = {}
  /** Ids of the users for whom the application has run its first-run code. */
  readonly firstRuns = new Set<number>()
  /** Names of the application's screens; undefined until they are known. @internal */
  screens: readonly string[] | undefined
  /** Links to some of them for the example texts. @internal */
  exampleLinks: ExampleLinks = {}
  /** @internal */
  readonly state: SandboxState

  /** @internal */
  constructor (state: SandboxState, name: string, scope: string[]) {
    super(name)
    this.state = state
    this.scope = scope
    this.content = state.content.of(name, () => examples(this))
    state.portals.push(this)
    const { id, name: application, clientSecret } = state.application
    this.systemUser = { id: 9, name: application, lastName: '', admin: false }
    // The same as long as the application keeps its secret, which is a new one for every sandbox unless it is given.
    this.memberId = createHash('md5').update(`${state.portals.length}|${clientSecret}`).digest('hex')
    this.applicationToken = createHash('md5').update(`${this.memberId}|${id}|${clientSecret}`).digest('hex')
    state.wire.hide(this.applicationToken)
    this.people = peopleOf(this)
  }

  /** Path of the application's own page. */
  get appPath (): string {
    return `/marketplace/app/${this.state.application.id}/`
  }

  /** The employee with this id. */
  user (id: number): SandboxUser | undefined {
    return this.people.find(user => user.id === id)
  }

  /**
   * Tokens of a user for the application, or for another one by `clientId`. `expiresIn` is in seconds. `domain` is the
   * host by which the portal is known to that user, as after a change of the address; `domain` of the portal without
   * it. `lang` is the language in which they look at it, `en` without it.
   */
  grant (
    user: SandboxUser, { clientId, expiresIn, domain, lang }:
    { clientId?: string, expiresIn?: number, domain?: string, lang?: string } = {}
  ): Grant {
    const { accessToken, refreshToken, expiresAt } =
      this.state.tokens.issue(this, user, clientId ?? this.state.application.clientId, expiresIn, domain, lang)
    return { accessToken, refreshToken, expiresAt }
  }

  /** Tokens for a call of the application: in order, or with the fault that is switched on. */
  grantForCall (user: SandboxUser, { domain, lang }: { domain?: string, lang?: string } = {}): Grant {
    const { token } = this.state.trouble
    const grant = this.grant(user, {
      ...(domain !== undefined && { domain }),
      ...(lang !== undefined && { lang }),
      ...(token === 'expired' && { expiresIn: -60 }),
      ...(token === 'foreign' && { clientId: 'local.other' })
    })
    if (token === 'revoked') this.revoke(grant.accessToken)
    return grant
  }

  /** Makes a token and its refresh token unknown. */
  revoke (accessToken: string): void {
    this.state.tokens.revoke(accessToken)
  }

  /**
   * The request that the user's browser sends when the placement is opened. Goes to the install address while the
   * application is not installed, else to the bound handler, else to the application's address.
   */
  placementCall (code: string, options: CallOptions = {}): PlacementCall {
    this.removed = false
    return placementCall(this, code, options)
  }

  /** The form of an event as the queue server posts it; `overrides` replace fields such as `data[FIELDS][ID]`. */
  event (name: EventName, overrides: Record<string, string> = {}): PortalEvent {
    return portalEvent(this, name, overrides)
  }

  /** From now on the example texts lead to these screens of the application. @internal */
  leadTo (screens: readonly string[], links: ExampleLinks): void {
    Object.assign(this, { screens, exampleLinks: links })
    refreshExamples(this)
  }

  /** Removes the application: its tokens stop working, its handlers are gone, its open frames get no new tokens. */
  uninstall (): void {
    this.state.tokens.uninstall(this)
    this.frameViewers.clear()
    this.removed = true
    this.screens = undefined
    this.installed = false
    this.hasSystemUser = false
    this.placements = []
    this.events = []
    this.offline = new OfflineQueue()
    this.appOptions = {}
    this.userOptions = {}
    this.firstRuns.clear()
  }
}
