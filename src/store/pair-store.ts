import type { PortalAddress, RefreshState, TokenPair } from './installation-store.ts'

/** A token pair, and what is known of its refreshes. */
export interface Pair {
  tokens: TokenPair | null
  /** Grows with every change of the pair, its removal included */
  tokenVersion: number
  /** When the pair was stored */
  refreshedAt: number | null
  /** Null while nothing speaks against a refresh; a new pair makes it null */
  refresh: RefreshState | null
  /** The user whose rights the tokens carry */
  userId: number | null
}

/** A pair that takes the place of another; with `userId`, of another user's. */
export interface NextPair extends TokenPair { userId?: number }

/** A pair, and where it is good. */
export interface StoredPair extends PortalAddress, Pair {
  /** Came with an installation. The next refresh tries it first; that of `tokens` stays until the answer proves it */
  candidateRefreshToken?: string
  /** When set, the row is a tombstone: it holds no token, and only `install` and `recordPortal` change it */
  uninstalledAt: number | null
}

/** Token pairs, one for each portal, and the right to refresh them. Nothing is changed of what is not there. */
export interface PairStore {
  /** A secret that no key opens is null, and logged. */
  get (memberId: string): Promise<StoredPair | undefined>

  /**
   * Replaces the token pair and the candidate refresh token (none unless given), and returns whether it did; with
   * `expectedVersion` only the pair of that version.
   */
  replaceTokens (
    memberId: string, tokens: NextPair, now: number, expectedVersion?: number, candidateRefreshToken?: string
  ): Promise<boolean>

  /** Records why the pair of that version is not refreshed; does nothing when there is another pair by now. */
  recordRefresh (memberId: string, state: RefreshState, expectedVersion: number): Promise<void>

  /**
   * Takes the right to refresh the pair until `until`, and returns whether it did: not if somebody else has it, for
   * five minutes longer at most.
   */
  acquireTokenLease (memberId: string, owner: string, until: number, now: number): Promise<boolean>

  /** Gives the right back; does nothing when somebody else holds it. */
  releaseTokenLease (memberId: string, owner: string): Promise<void>

  /**
   * The member ids of portals whose pair was stored before `refreshedBefore` and may still be refreshed: least often
   * refused first, then the oldest pair, then in the order of their member ids ('a' before 'b').
   */
  staleTokens (refreshedBefore: number, limit: number): Promise<string[]>
}

/** The pairs of the portals' system users, beside those of the administrators. An uninstall removes both. */
export interface SystemUserStore extends PairStore {
  /** Stores the pair of a living installation's system user, and returns whether it did: not if it is uninstalled. */
  put (memberId: string, userId: number, tokens: TokenPair, now: number): Promise<boolean>
}
