import { ApplicationTokenError, PortalUnavailableError, TooManyInstallationsError } from '../../src/errors.ts'
import { memberHash } from '../../src/log/logger.ts'
import { withDeadline, type TimedWork } from '../../src/queues/deadline.ts'
import { createFairQueue } from '../../src/queues/fair-queue.ts'
import { createLatestOnly } from '../../src/queues/latest-only.ts'
import type { BindingReport, Installation } from '../../src/store/installation-store.ts'
import type { VerifiedCall } from '../auth-token/verify-call.ts'
import type { BatchRest } from '../portal-rest/rest-interface.ts'
import { requireAdmin } from './bind.ts'
import { confirmUninstall, isTokenOf, type ConfirmDependencies } from './confirm-uninstall.ts'
import { install, rebind, storeUnavailable, type InstallationSecrets, type InstallDependencies } from './install.ts'

export interface Installations {
  /**
   * What is stored of a portal.
   *
   * @throws StoreUnavailableError
   */
  find: (memberId: string) => Promise<Installation | undefined>
  /**
   * Installs or updates on a portal: makes sure that an administrator asks, stores the installation, binds what is
   * declared. Those of one portal run one after the other, and of one user's only the latest.
   *
   * @throws NotAdminError, TooManyInstallationsError, PortalUnavailableError, InstallRefusedError,
   * StoreUnavailableError
   */
  install: (call: VerifiedCall, secrets: InstallationSecrets) => Promise<BindingReport>
  /**
   * Binds what is declared once more; does nothing for a portal without an installation.
   *
   * @throws PortalUnavailableError, InstallRefusedError, TooManyInstallationsError, StoreUnavailableError
   */
  rebind: (memberId: string, rest: BatchRest) => Promise<void>
  /**
   * Keeps a request to uninstall until it is confirmed, as every employee can read the application token.
   *
   * @throws ApplicationTokenError, StoreUnavailableError
   */
  requestUninstall: (memberId: string, applicationToken: string) => Promise<void>
  /**
   * Whether this is the application token of an installation.
   *
   * @throws StoreUnavailableError
   */
  isApplicationToken: (memberId: string, applicationToken: string) => Promise<boolean>
  /**
   * Asks the authorization server about a request to uninstall, and acts on its answer.
   *
   * @param applicationToken of a new request, which may not be stored
   * @throws TooManyInstallationsError, PortalUnavailableError (it took too long), and whatever the store throws
   */
  confirmUninstall: (memberId: string, applicationToken?: string) => Promise<void>
  /**
   * Whether the installation that began then still exists.
   *
   * @param since milliseconds since 1970; undefined: whenever it began
   * @throws StoreUnavailableError
   */
  isInstalled: (memberId: string, since: number | undefined) => Promise<boolean>
  /** For plugins that keep something of a portal: the handler is called after its application was uninstalled. */
  onUninstalled: (handler: (memberId: string) => Promise<void>) => void
  /** Requests to uninstall that nobody could confirm yet, and since when (milliseconds since 1970). */
  unconfirmed: () => Promise<Array<{ memberId: string, since: number }>>
  /** Rejects when the store does not answer. */
  ping: () => Promise<void>
}

export interface InstallationsDependencies extends Omit<InstallDependencies & ConfirmDependencies, 'uninstalled'> {
  /** The REST interface as the user of a call sees it */
  openRest: (call: VerifiedCall) => BatchRest
  /** Milliseconds for a turn of a portal, and for the question whether an administrator asks */
  turnTimeout: number
}

// Only administrators, and the question whether the application is gone, come so far: one runs, seven wait.
const waitingTurns = 7

/** Installs and uninstalls, one after the other on each portal. */
export function createInstallations (dependencies: InstallationsDependencies): Installations {
  const { store, openRest, turnTimeout, log, now } = dependencies
  const lateness = () => new PortalUnavailableError()
  const rejection = () => new TooManyInstallationsError()
  const onlyLatest = createLatestOnly(rejection)
  // The installation page and ONAPPINSTALL come at the same time; the second has to see what the first has bound.
  const queue = createFairQueue({ slotsPerKey: 1, roomPerKey: waitingTurns, rejection })
  const inTurn = <T>(memberId: string, work: TimedWork<T>) =>
    queue(memberId, () => withDeadline(turnTimeout, lateness, work))

  const uninstalledHandlers: Array<(memberId: string) => Promise<void>> = []
  async function uninstalled (memberId: string): Promise<void> {
    for (const handle of uninstalledHandlers) {
      await handle(memberId).catch(err => {
        log.error({ err, member: memberHash(memberId) }, 'a plugin could not delete its data of an uninstalled portal')
      })
    }
  }

  const parts = { ...dependencies, uninstalled }

  return {
    find: memberId => store.get(memberId).catch(storeUnavailable),
    install: (call, secrets) => onlyLatest(`${call.memberId} ${call.userId}`, async () => {
      const rest = openRest(call)
      // Before the turn: whoever is no administrator delays nobody else.
      await withDeadline(turnTimeout, lateness, () => requireAdmin(rest))
      return await inTurn(call.memberId, over => install(call, secrets, rest, parts, over))
    }),
    rebind: (memberId, rest) => inTurn(memberId, over => rebind(memberId, rest, parts, over)),
    async isApplicationToken (memberId, applicationToken) {
      return isTokenOf(await store.get(memberId).catch(storeUnavailable), applicationToken)
    },
    async requestUninstall (memberId, applicationToken) {
      const row = await store.get(memberId).catch(storeUnavailable)
      if (!isTokenOf(row, applicationToken)) throw new ApplicationTokenError()
      // The time of the first request counts, so a repeated one writes nothing.
      if (row.uninstallRequestedAt === null) await store.requestUninstall(memberId, now()).catch(storeUnavailable)
    },
    confirmUninstall: (memberId, applicationToken) =>
      inTurn(memberId, over => confirmUninstall(memberId, applicationToken, parts, over)),
    async isInstalled (memberId, since) {
      const row = await store.get(memberId).catch(storeUnavailable)
      return row?.uninstalledAt === null && (since ?? row.installedAt) === row.installedAt
    },
    onUninstalled: handler => { uninstalledHandlers.push(handler) },
    unconfirmed: async () => (await store.uninstallRequests())
      .map(({ memberId, uninstallRequestedAt }) => ({ memberId, since: Number(uninstallRequestedAt) })),
    ping: () => store.ping()
  }
}
