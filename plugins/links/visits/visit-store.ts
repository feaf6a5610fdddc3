/** How often one user opened one link on one day. Times are milliseconds since 1970. */
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
  /** Only days with visits */
  days: DailyVisits[]
  /** Those who opened it most often on all days that are kept, in that order */
  users: UserVisits[]
}

/** Who opened which link of a portal. Every method rejects with the error of the database. */
export interface VisitStore {
  /**
   * Adds the counts to what is stored: all of them, or none when it rejects.
   *
   * @param counts at most one for each link, user and day
   * @returns those that were skipped, because their portal has used up what is kept of one day
   */
  record (counts: readonly VisitCount[]): Promise<VisitCount[]>
  find (memberId: string, linkId: string): Promise<OpenedLink | undefined>
  hasOpened (memberId: string, linkId: string, userId: number): Promise<boolean>
  /** The links of a portal, or those that one user has opened; the last opened first. */
  links (memberId: string, limit: number, userId: number | undefined): Promise<OpenedLink[]>
  /** Adds their visits since `fromDay` to links of a portal, with so many users at most. Days are in order. */
  totals<Link extends { id: string }> (
    memberId: string, links: readonly Link[], fromDay: string, users: number
  ): Promise<Array<Link & LinkTotals>>
  /** Deletes days before that, links that nobody opened since, and all of portals that uninstalled the application. */
  purge (beforeDay: string): Promise<void>
  /** Forgets all of a portal. */
  forget (memberId: string): Promise<void>
}
