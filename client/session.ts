interface SessionOptions {
  /** The session that the page was opened with */
  session: string
  /** Exchanges a session, which may have ended, for a new one; `expiresIn` is in seconds */
  exchange: (session: string) => Promise<{ session: string, expiresIn: number }>
}

export interface Session {
  /** The present session; a new one if it is about to end and can be exchanged. Rejects once it has ended. */
  current: () => Promise<string>
  /** Another session than this one, which the service does not take. */
  after: (refused: string) => Promise<string>
}

const minute = 60_000

/** The session of a page, which is exchanged before it ends: once for all calls that need it at the same time. */
export function keepSession ({ session: first, exchange }: SessionOptions): Session {
  let session = first
  let end = endOf(first)
  let refreshAt = timeToRefresh(end)
  let refreshing: Promise<string> | undefined

  async function exchangeOnce (): Promise<string> {
    const next = await exchange(session)
    session = next.session
    // By the clock of this machine, which may be wrong.
    end = Date.now() + next.expiresIn * 1000
    refreshAt = timeToRefresh(end)
    return session
  }

  function refresh (): Promise<string> {
    refreshing ??= exchangeOnce().finally(() => { refreshing = undefined })
    return refreshing
  }

  return {
    async current () {
      if (Date.now() < refreshAt) return session
      return await refresh().catch((error: unknown) => {
        if (Date.now() < end) return session
        throw error
      })
    },
    after: async refused => refused === session ? await refresh() : session
  }
}

/** When a session ends, in milliseconds since 1970; Infinity for what is no session of the service. */
function endOf (session: string): number {
  const [, payload] = session.split('.')
  if (payload === undefined) return Infinity
  const { exp } = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as { exp: number }
  return exp * 1000
}

/** A minute before the end, so that a call on its way is in time; later for a short session. */
function timeToRefresh (end: number): number {
  return end - Math.min(minute, Math.max(0, end - Date.now()) / 10)
}
