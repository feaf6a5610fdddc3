import type { FastifyBaseLogger } from 'fastify'
import { LRUCache } from 'lru-cache'
import {
  NotInstalledError, PaymentRequiredError, TokensLostError, TokensMissingError, TokensRefusedError, storeUnavailable
} from '../../src/errors.ts'
import { memberHash } from '../../src/log/logger.ts'
import { living, upTo } from '../../src/lru.ts'
import type { SystemUserStore } from '../../src/store/pair-store.ts'
import { keep, type ExchangeOptions } from './exchange.ts'
import { createExchangeBrought } from './exchange-brought.ts'
import { LOST } from './refresh-state.ts'
import type { Refresher } from './refresher.ts'
import type { TokenService } from './token-service.ts'

type Holder = TokenService['holder']

// What an outage hides may be good.
const missing = [NotInstalledError, TokensMissingError, TokensLostError, TokensRefusedError, PaymentRequiredError]
// Milliseconds
const refusalTime = 600_000
// Milliseconds. Every employee can send such an event, and each costs an exchange.
const senderTime = 60_000

/** The pair of a system user, as an event names it: text that anybody could have written. */
interface PostedSystemUser {
  memberId: string
  userId: number
  refreshToken: string
  /** The user whose verified call has brought it */
  senderId: number
  /** Of the authorization server that has proven who sent the event */
  serverEndpoint: string
}

interface SystemUserOptions extends ExchangeOptions {
  store: SystemUserStore
  refresher: Refresher
  holder: Holder
  administrator: Holder
  log: Pick<FastifyBaseLogger, 'warn' | 'error'>
}

export type SystemUser = ReturnType<typeof createSystemUser>

/** The application's user on each portal, and the administrator in its place where it cannot be used. */
export function createSystemUser (options: SystemUserOptions) {
  const { store, refresher, holder, administrator, log, now } = options
  const exchangeBrought = createExchangeBrought(options)
  const recent = (ttl: number) => new LRUCache<string, true>({ ...upTo(10_000), ...living(ttl, now) })
  // Portals that have refused their system user: it is not tried for a while.
  const refusals = recent(refusalTime)
  // Senders who have brought nothing for a lost pair of somebody else: they are not believed for a while.
  const senders = recent(senderTime)
  const find = (memberId: string) => store.get(memberId).catch(storeUnavailable)

  return {
    /** The pair of the system user; that of the administrator, where there is none that can be used. */
    async preferred (memberId: string, refused?: string): ReturnType<Holder> {
      if (refusals.has(memberId)) return await administrator(memberId, refused)
      return await holder(memberId, refused).catch(error => {
        if (missing.some(kind => error instanceof kind)) return administrator(memberId, refused)
        throw error
      })
    },

    /**
     * For a portal that has refused a user by this code: if it is the system user, the administrator takes its place
     * for ten minutes. Returns whether it is.
     */
    async systemUserRefused (memberId: string, userId: number, code: string): Promise<boolean> {
      if ((await find(memberId))?.userId !== userId) return false
      if (!refusals.has(memberId)) {
        const text = 'the portal refuses the system user: the administrator takes its place'
        log.warn({ member: memberHash(memberId), code }, text)
      }
      refusals.set(memberId, true)
      return true
    },

    /**
     * Whether this is the system user of the portal, and its pair is dead. The sender of a new one need not be an
     * administrator then, as installers may no longer be: one has named this user before, and the exchange shows whose
     * pair it is.
     */
    async isLostSystemUser (memberId: string, userId: number, senderId = userId): Promise<boolean> {
      if (senders.has(`${memberId} ${senderId}`)) return false
      const row = await find(memberId)
      return row?.userId === userId && (row.tokens === null || row.refresh?.code === LOST)
    },

    /**
     * Stores the pair of a portal's system user, and returns whether it did: if the authorization server says that it
     * is this user's, and the application is still installed. It is exchanged at once, since only that proves a refresh
     * token.
     *
     * @throws AuthorizationServerUnavailableError, StoreUnavailableError
     */
    async storeSystemUser (posted: PostedSystemUser): Promise<boolean> {
      const { memberId, userId, refreshToken, senderId, serverEndpoint } = posted
      const server = refresher.serverOf(serverEndpoint)
      if (refreshToken === '' || server === undefined) return false
      const pair = await exchangeBrought(server, refreshToken, posted)
      if (pair === undefined) {
        if (senderId !== userId) senders.set(`${memberId} ${senderId}`, true)
        return false
      }
      refusals.delete(memberId)
      return await keep(memberId, options, () => store.put(memberId, userId, pair, now()))
    }
  }
}
