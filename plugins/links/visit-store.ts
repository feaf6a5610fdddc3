/** How often one user opened one link on one day. Times are milliseconds since the epoch. */
export interface VisitCount {
  memberId: string
  linkId: string
  screen: string
  /** JSON of the parameters */
  params: string
  userId: number
  /** In UTC: `2026-01-31` */
  day: string
  firstAt: number
  lastAt: number
  times: number
}

/** A link that somebody opened. */
export interface OpenedLink {
  id: string
  screen: string
  params: Record<string, unknown>
  firstAt: number
  lastAt: number
}

export interface DailyVisits { day: string, times: number }
export interface UserVisits { userId: number, times: number, firstAt: number, lastAt: number }

/** How often a link was opened, as far back as visits are kept. */
export interface LinkReport extends Pick<OpenedLink, 'id' | 'screen' | 'params'> {
  total: number
  /** Every day that is kept, in order, days without visits included */
  days: DailyVisits[]
  /** For administrators: those who opened it most often */
  users?: UserVisits[]
}

/** The visits of a link. */
export interface LinkTotals {
  /** Days without visits are not there */
  days: DailyVisits[]
  /** Those who opened it most often on all days that are kept, in that order */
  users: UserVisits[]
}

/** Who opened which link of a portal. Every method rejects with the error of the database. */
export interface VisitStore {
  /**
   * Adds the counts to what is there, each key of link, user and day at most once: all of them, or none when it rejects.
   * Out: those that were left out, because their portal has used up what is kept of one day.
   */
  record (counts: readonly VisitCount[]): Promise<VisitCount[]>
  find (memberId: string, linkId: string): Promise<OpenedLink | undefined>
  hasOpened (memberId: string, linkId: string, userId: number): Promise<boolean>
  /** The links of a portal, the one that was opened last first. In: `userId` for those that one user has opened, in the order of their visits; undefined: all. */
  links (memberId: string, limit: number, userId: number | undefined): Promise<OpenedLink[]>
  /** Links of a portal with their visits since `fromDay`, and with so many users at most. Days are in order. */
  totals<Link extends { id: string }> (memberId: string, links: readonly Link[], fromDay: string, users: number): Promise<Array<Link & LinkTotals>>
  /** Forgets the days before, links that nobody opened since, and what was counted of a portal after it uninstalled. */
  purge (beforeDay: string): Promise<void>
  /** Forgets all of a portal. */
  forget (memberId: string): Promise<void>
}
