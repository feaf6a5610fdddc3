import {
  NotInstalledError, PaymentRequiredError, TokensLostError, TokensMissingError, TokensRefusedError
} from '../../src/errors.ts'
import type { SystemUserStore } from '../../src/store/pair-store.ts'
import { keep, type ExchangeOptions } from './exchange.ts'
import { exchangeBrought } from './exchange-brought.ts'
import type { Refresher } from './refresher.ts'
import type { TokenService } from './token-service.ts'

type Holder = TokenService['holder']

// What an outage hides may be good.
const missing = [NotInstalledError, TokensMissingError, TokensLostError, TokensRefusedError, PaymentRequiredError]

/** The pair of the system user; that of the administrator, where there is none or it is no longer good. */
export const createPreferred = (systemUser: Holder, administrator: Holder): Holder =>
  async (memberId, refused) => await systemUser(memberId, refused).catch(error => {
    if (missing.some(kind => error instanceof kind)) return administrator(memberId, refused)
    throw error
  })

/** The pair of a system user, as an event names it: text that anybody could have written. */
export interface SystemUserClaim {
  memberId: string
  userId: number
  refreshToken: string
  /** Of the authorization server that has proven who sent the event */
  serverEndpoint: string
}

interface StoreSystemUserOptions extends ExchangeOptions {
  systemUsers: SystemUserStore
  refresher: Refresher
}

/**
 * Stores the pair of a portal's system user, and returns whether it did: if the authorization server says that it is
 * this user's, and the application is still installed. It is exchanged at once, since only that proves a refresh token.
 *
 * @throws AuthorizationServerUnavailableError, StoreUnavailableError
 */
export function createStoreSystemUser (
  options: StoreSystemUserOptions
): (claim: SystemUserClaim) => Promise<boolean> {
  const { systemUsers, refresher, now } = options
  return async claim => {
    const { memberId, userId, refreshToken, serverEndpoint } = claim
    const server = refresher.serverOf(serverEndpoint)
    if (refreshToken === '' || server === undefined) return false
    const pair = await exchangeBrought(server, refreshToken, claim, options)
    return pair !== undefined && await keep(memberId, options, () => systemUsers.put(memberId, userId, pair, now()))
  }
}
