/** How often one user opened one link on one day. Times are milliseconds since the epoch. */
export interface OpeningCount {
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

export interface DailyOpenings { day: string, times: number }
export interface UserOpenings { userId: number, times: number, firstAt: number, lastAt: number }

/** How often a link was opened, as far back as openings are kept. */
export interface LinkReport extends Pick<OpenedLink, 'id' | 'screen'> {
  /** For administrators, and for those who have opened the link themselves: it may say what others must not read */
  params?: OpenedLink['params']
  total: number
  /** Every day that is kept, in order, days without openings included */
  days: DailyOpenings[]
  /** For administrators: those who opened it most often, 200 at most */
  users?: UserOpenings[]
}

/** Who opened which link of a portal. Every method rejects with the error of the database. */
export interface OpeningStore {
  /** Adds the counts to what is there: all of them, or none when it rejects. */
  record (counts: readonly OpeningCount[]): Promise<void>
  find (memberId: string, linkId: string): Promise<OpenedLink | undefined>
  /** The days since `fromDay` on which the link was opened, in order. */
  daily (memberId: string, linkId: string, fromDay: string): Promise<DailyOpenings[]>
  /** Who opened the link most often since `fromDay`, in that order. */
  users (memberId: string, linkId: string, fromDay: string, limit: number): Promise<UserOpenings[]>
  hasOpened (memberId: string, linkId: string, userId: number): Promise<boolean>
  /** The links of a portal, the one that was opened last first. In: `userId` for those that one user has opened; undefined: all. */
  links (memberId: string, limit: number, userId: number | undefined): Promise<OpenedLink[]>
  /** Forgets the days before, links that nobody opened since, and what was counted of a portal after it uninstalled. */
  purge (beforeDay: string): Promise<void>
}
