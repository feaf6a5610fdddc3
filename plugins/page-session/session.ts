/** Whose page it is: who opened it, where, and which placement it is. */
export interface PageSession {
  memberId: string
  userId: number
  /** Host of the portal, with a port if it has one */
  domain: string
  placement: string
  /** Interface language: a code of Bitrix24 */
  lang: string
  /** Whether the portal has said that the user administers it */
  isAdmin: boolean
}

/** A session to sign. `isAdmin` is false unless given. */
export interface NewPageSession extends Omit<PageSession, 'isAdmin'>, Partial<Pick<PageSession, 'isAdmin'>> {
  /** Since when the application is installed, as the verified call says. Default: what is stored */
  installedAt?: number | undefined
}
