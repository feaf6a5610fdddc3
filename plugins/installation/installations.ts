import type { FastifyBaseLogger } from 'fastify'
import {
  ApplicationTokenError, InstallationPendingError, NotAdminError, PortalUnavailableError, TooManyInstallationsError,
  storeUnavailable
} from '../../src/errors.ts'
import { audit, createRefusalAudit } from '../../src/log/audit.ts'
import { withDeadline } from '../../src/queues/deadline.ts'
import { createFairQueue } from '../../src/queues/fair-queue.ts'
import { createLatestOnly } from '../../src/queues/latest-only.ts'
import type { BindingReport, Installation, InstallationStore } from '../../src/store/installation-store.ts'
import type { AuthorizationServers } from '../auth-token/authorization-server.ts'
import type { VerifiedCall } from '../auth-token/calls.ts'
import type { PlacementDeclaration } from '../placement-dispatch/declaration.ts'
import type { BatchRest } from '../portal-rest/rest-interface.ts'
import type { SystemUser } from '../tokens/system-user.ts'
import { requireAdmin } from './bind.ts'
import { confirmUninstall, isTokenOf, type UninstallRequest } from './confirm-uninstall.ts'
import type { Addresses } from './desired-state.ts'
import type { LifecycleHandlers } from './lifecycle-handlers.ts'
import { install, rebind, type InstallationSecrets, type SystemUserSecrets } from './install.ts'

export type Installations = ReturnType<typeof createInstallations>

/** What the steps of an installation or uninstall need. */
export interface InstallationParts {
  store: InstallationStore
  servers: readonly string[]
  authorizationServers: AuthorizationServers
  placements: () => readonly PlacementDeclaration[]
  /** Where a portal reaches the service */
  addressesFor: (memberId: string) => Addresses
  /** Where a portal reached it, by the handler's address of the last installation */
  formerAddresses: (handlerUrl: string) => Addresses | null
  openRest: (call: VerifiedCall) => BatchRest
  tokens: Pick<SystemUser, 'storeSystemUser' | 'isLostSystemUser'>
  /** Gets an access token in place of an expired one */
  refresh: (memberId: string, expired: string) => Promise<string>
  /** Ends the proofs of a portal */
  forget: (memberId: string) => void
  handlers: LifecycleHandlers
  /** Milliseconds */
  turnTimeout: number
  log: Pick<FastifyBaseLogger, 'info' | 'warn' | 'error'>
  now: () => number
}

// Only administrators, and the question whether the application is gone, come so far: one runs, seven wait.
const waitingTurns = 7

/** Installs and uninstalls, one after the other on each portal. All but `confirmUninstall` wrap errors of the store. */
export function createInstallations (parts: InstallationParts) {
  const { store, tokens, openRest, handlers, turnTimeout, log, now } = parts
  const lateness = () => new PortalUnavailableError()
  const rejection = () => new TooManyInstallationsError()
  const onlyLatest = createLatestOnly(rejection)
  const auditRefusal = createRefusalAudit(now)
  // The installation page and ONAPPINSTALL come at the same time; the second has to see what the first has bound.
  const queue = createFairQueue({ name: 'installations', slotsPerKey: 1, roomPerKey: waitingTurns, rejection })
  const inTurn = <T>(memberId: string, work: (over: AbortSignal) => Promise<T>) =>
    queue(memberId, () => withDeadline(turnTimeout, lateness, work))

  const find = (memberId: string): Promise<Installation | undefined> => store.get(memberId).catch(storeUnavailable)

  /** Returns the REST interface of an administrator's call. */
  async function restOfAdmin (
    call: VerifiedCall, refusal: 'install.refused' | 'system-user.refused', ip?: string
  ): Promise<BatchRest> {
    const rest = openRest(call)
    await withDeadline(turnTimeout, lateness, () => requireAdmin(rest)).catch(error => {
      const fields = { ip, member: call.memberId, user: call.userId }
      if (error instanceof NotAdminError) auditRefusal(log, refusal, fields)
      throw error
    })
    return rest
  }

  return {
    find,

    /**
     * Installs or updates on a portal: makes sure that an administrator asks, stores the installation, binds what is
     * declared. Those of one portal run one after the other, and of one user's only the latest.
     *
     * @throws NotAdminError, TooManyInstallationsError, PortalUnavailableError, InstallRefusedError
     */
    install: (call: VerifiedCall, secrets: InstallationSecrets): Promise<BindingReport> =>
      onlyLatest(`${call.memberId} ${call.userId}`, async () => {
        // Before the turn: whoever is not an administrator delays nobody else.
        const rest = await restOfAdmin(call, 'install.refused', secrets.ip)
        return await inTurn(call.memberId, over => install(call, secrets, rest, parts, over))
      }),

    /**
     * Stores the pair of the application's system user. Only an administrator's call may name it: every employee has
     * tokens of the application, and could call themselves that user. A lost pair of a known one may come by anybody.
     *
     * @throws NotAdminError, InstallationPendingError, and what is thrown during an outage
     */
    async storeSystemUser (call: VerifiedCall, { userId, refreshToken, ip }: SystemUserSecrets): Promise<void> {
      const { memberId, serverEndpoint, userId: senderId } = call
      if (!await tokens.isLostSystemUser(memberId, userId, senderId)) await restOfAdmin(call, 'system-user.refused', ip)
      if ((await find(memberId))?.uninstalledAt !== null) throw new InstallationPendingError()
      const isStored = await tokens.storeSystemUser({ memberId, userId, refreshToken, senderId, serverEndpoint })
      if (isStored) audit(log, 'system-user.stored', { ip, member: memberId, user: userId })
      else auditRefusal(log, 'system-user.refused', { ip, member: memberId, user: senderId })
    },

    /** Binds what is declared once more; does nothing for a portal without an installation. */
    rebind: (memberId: string, rest: BatchRest): Promise<void> =>
      inTurn(memberId, over => rebind(memberId, rest, parts, over)),

    isApplicationToken: async (memberId: string, applicationToken: string): Promise<boolean> =>
      isTokenOf(await find(memberId), applicationToken),

    /** Keeps a request to uninstall until it is confirmed, as every employee can read the application token. */
    async requestUninstall (
      memberId: string, { applicationToken, clean }: UninstallRequest, ip?: string
    ): Promise<void> {
      const row = await find(memberId)
      if (!isTokenOf(row, applicationToken)) throw new ApplicationTokenError()
      // The time of the first request counts, so a repeated one writes nothing, unless it keeps settings and data.
      if (row.uninstallRequestedAt !== null && (clean || !row.uninstallClean)) return
      await store.requestUninstall(memberId, clean, now()).catch(storeUnavailable)
      audit(log, 'uninstall.requested', { ip, member: memberId })
    },

    /**
     * Asks the authorization server about a request to uninstall, and acts on its answer. Throws what the store throws.
     *
     * @param request a new one, which may not be stored
     */
    confirmUninstall: (memberId: string, request?: UninstallRequest): Promise<void> =>
      inTurn(memberId, over => confirmUninstall(memberId, request, parts, over)),

    /** Whether the installation that began then still exists; undefined: whenever it began. */
    async isInstalled (memberId: string, since: number | undefined): Promise<boolean> {
      const row = await find(memberId)
      return row?.uninstalledAt === null && (since ?? row.installedAt) === row.installedAt
    },

    /** Runs the lifecycle handlers that are due on a portal, in the background: once its call is answered. */
    startHandlers: handlers.start,

    /** Requests to uninstall that nobody could confirm yet, and since when (milliseconds since 1970). */
    unconfirmed: async (): Promise<Array<{ memberId: string, since: number }>> => (await store.uninstallRequests())
      .map(({ memberId, uninstallRequestedAt }) => ({ memberId, since: Number(uninstallRequestedAt) })),

    /** Rejects when the store does not answer. */
    ping: () => store.ping()
  }
}
