import type { InstallationChange, ChangeStore } from './change-store.ts'
import type { PairStore, StoredPair, SystemUserStore } from './pair-store.ts'

// Times are milliseconds since 1970.

/** Where a portal can be reached, as the authorization server named it. */
export interface PortalAddress {
  memberId: string
  domain: string
  clientEndpoint: string
  serverEndpoint: string
  scope: string[]
  status: string
}

export interface TokenPair { accessToken: string, refreshToken: string, expiresAt: number }

/** What an installation bound to the portal, and what it skipped and why; a handler with a name as `CODE:name`. */
export interface BindingReport {
  at: number
  bound: string[]
  skipped: Array<{ code: string, reason: string }>
  /** Hashes of the icons that were bound, under the same names: a portal does not tell which it has */
  icons?: Record<string, string>
}

/** Why the token pair of a portal is not refreshed. */
export interface RefreshState {
  /** The error code of the last refused refresh, or `lost`: its answer never came */
  code: string
  at: number
  attempts: number
  /** Infinity: never by itself */
  nextTryAt: number
}

/** One application on one portal, with the pair of the administrator who has installed it. */
export interface Installation extends StoredPair {
  applicationToken: string | null
  /** The address the placements are bound to */
  handlerUrl: string | null
  bindings: BindingReport | null
  /** Origins, beside the proven one, at which an administrator has opened the application; the newest is the last */
  hosts: string[]
  installedAt: number
  updatedAt: number
  uninstallRequestedAt: number | null
  /** Whether the uninstall that is requested or done takes settings and data with it */
  uninstallClean: boolean
}

/** What was stored of a portal before it was asked about; what came since then stays. */
export type SeenInstallation = Pick<Installation, 'uninstallRequestedAt' | 'uninstalledAt'>

export interface NewInstallation extends PortalAddress {
  applicationToken: string | null
  tokens: TokenPair | null
  /** The refresh token is unproven: a living row keeps its own, and stores the new one as a candidate */
  isRefreshTokenCandidate?: boolean
  userId: number | null
  /** Whose handlers have to run; none without it. An `installed` that has not been handled yet stays */
  change?: Exclude<InstallationChange, 'uninstalled'> | undefined
}

/**
 * The portals this application is installed on, with the pairs of their administrators.
 * A method that changes a row does nothing when the row is missing or a tombstone, except `install` and `recordPortal`.
 */
export interface InstallationStore extends ChangeStore, PairStore {
  readonly systemUsers: SystemUserStore

  /** Finds tombstones too. A secret that no key opens is null, and logged. */
  get (memberId: string): Promise<Installation | undefined>

  /**
   * Inserts or replaces, after an install or update that an administrator has proven. Forgets a requested uninstall.
   * A living row keeps its `installedAt` and bindings, what is null in the new one (application token, tokens, user),
   * and its refresh token when the new one is a candidate. A tombstone begins anew.
   * Returns false when the portal has become a tombstone since it was `seen`.
   */
  install (installation: NewInstallation, now: number, seen?: Pick<SeenInstallation, 'uninstalledAt'>): Promise<boolean>

  /**
   * Records the address that a proven call names. Inserts a missing row and recovers a tombstone, both without tokens;
   * else updates domain, endpoints, scope and status. The portal is alive, so a requested uninstall is forgotten.
   * A requested uninstall, and a tombstone, stays if it came since the portal was `seen`.
   * Returns since when it is installed, or null when it has been uninstalled meanwhile.
   */
  recordPortal (portal: PortalAddress, now: number, seen?: SeenInstallation): Promise<number | null>

  /** For an application token that has changed, after an administrator's proven call. */
  replaceApplicationToken (memberId: string, applicationToken: string, now: number): Promise<void>

  recordBindings (memberId: string, handlerUrl: string, report: BindingReport, now: number): Promise<void>

  /** Remembers an origin at which an administrator has opened the application: the newest five. */
  rememberHost (memberId: string, origin: string, now: number): Promise<void>

  /**
   * Keeps the time of the first request.
   *
   * @param clean whether settings and data go, too; while a request stands, one that keeps them prevails
   */
  requestUninstall (memberId: string, clean: boolean, now: number): Promise<void>

  /** Does nothing when the request of that time stands no more. */
  dropUninstallRequest (memberId: string, requestedAt: number): Promise<void>

  /** The installations whose uninstall was requested and is not decided yet, oldest request first. */
  uninstallRequests (): Promise<Installation[]>

  /**
   * Deletes all tokens and the hosts; the row stays as a tombstone. Raises `tokenVersion` by one, so that nobody who
   * knew the pair can replace it. With `seen` only while the request that was seen stands, which an installation drops,
   * and the pair is the one that was asked about. Returns whether it was done.
   */
  markUninstalled (
    memberId: string, now: number, seen?: Pick<Installation, 'uninstallRequestedAt' | 'tokenVersion'>
  ): Promise<boolean>

  /**
   * Clears what identifies a portal (domain, endpoint, scope, user, bindings) from tombstones that were uninstalled
   * before `uninstalledBefore`, oldest first, `limit` at most, and returns how many.
   */
  clearTombstones (uninstalledBefore: number, limit: number): Promise<number>

  /** Rejects when the database cannot be read. */
  ping (): Promise<void>
  close (): Promise<void>
}
