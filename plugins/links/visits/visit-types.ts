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

/** How often on one day in UTC. */
export interface DailyVisits { day: string, times: number }
/** How often one user, and when. Times are milliseconds since 1970. */
export interface UserVisits { userId: number, times: number, firstAt: number, lastAt: number }

/** How often a link was opened, as far back as visits are kept. */
export interface LinkReport extends Pick<OpenedLink, 'id' | 'screen' | 'params'> {
  total: number
  /** Every day that is kept, in order, days without visits included */
  days: DailyVisits[]
  /** For administrators: those who opened it most often */
  users?: UserVisits[]
}
