import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { ApplicationTokenError, StoreUnavailableError } from '../../src/errors.ts'
import { bindDeclared, requireAdmin, surveyPortal, type PortalSurvey } from './bind.ts'
import { askInstallation } from './uninstall.ts'
import { memberHash } from '../../src/log/logger.ts'
import type { BatchRest } from '../portal-rest/portal-rest.ts'
import type { BindingReport, Installation, InstallationStore } from '../../src/store/installation-store.ts'
import { isSameSecret } from '../../src/crypto/same-secret.ts'
import type { VerifiedCall } from '../auth-token/verify-call.ts'
import { createLatestOnly, createTurns, withDeadline } from './turns.ts'

export interface InstallationOptions {
  store: InstallationStore
  /** Address by which Bitrix24 reaches the service, without a trailing slash */
  publicUrl: string
  /** Paths below it: where widget calls and events are taken */
  handlerPath: string
  eventsPath: string
  /** Origins of the authorization servers that may be asked */
  servers: readonly string[]
  /** Milliseconds for a turn of a portal, and for the question who is an administrator. Default one minute */
  turnTimeout?: number
  /** The address at which a portal says that it has removed the background worker. Default: none, and none is bound */
  workerErrors?: (memberId: string) => string
  /** The clock, in milliseconds since 1970. Default Date.now */
  now?: () => number
}

/** What came with a proven call, and is worth keeping; '' when it did not come. */
export interface InstallationSecrets { applicationToken: string, refreshToken: string }

declare module 'fastify' {
  interface FastifyInstance {
    installations: {
      /** What is stored of a portal. Errors: StoreUnavailableError */
      find: (memberId: string) => Promise<Installation | undefined>
      /**
       * Installs or updates on a portal: makes sure that an administrator asks, stores the installation, binds what is declared;
       * one after the other on each portal, and of one user the latest only. Out: what is bound, what was left out and why.
       * Errors: NotAdminError, TooManyInstallationsError, PortalUnavailableError, InstallRefusedError, StoreUnavailableError.
       */
      install: (caller: VerifiedCall, secrets: InstallationSecrets) => Promise<BindingReport>
      /**
       * Binds what is declared once more, as the installation; nothing happens where there is none.
       * Errors: NotAdminError, PortalUnavailableError, InstallRefusedError, StoreUnavailableError.
       */
      rebind: (memberId: string, rest: BatchRest) => Promise<void>
      /**
       * Keeps the wish to uninstall. Any employee can read the application token, so the wish only opens the question that
       * `confirmUninstall` puts to the authorization server. Errors: ApplicationTokenError, StoreUnavailableError.
       */
      requestUninstall: (memberId: string, applicationToken: string) => Promise<void>
      /** Whether it is the application token of an installation. Errors: StoreUnavailableError */
      isApplicationToken: (memberId: string, applicationToken: string) => Promise<boolean>
      /**
       * Uninstalls, or drops the wish, or keeps it while nobody can say. In: the application token of a new wish, as one that
       * came during an installation was dropped with it.
       * Errors: TooManyInstallationsError, PortalUnavailableError (it took too long), those of the store.
       */
      confirmUninstall: (memberId: string, applicationToken?: string) => Promise<void>
      /** The portals whose uninstall nobody could confirm yet, and since when (milliseconds since 1970) */
      unconfirmed: () => Promise<Array<{ memberId: string, since: number }>>
      ping: () => Promise<void>
    }
  }
}

const week = 7 * 24 * 3_600_000
// One runs, the others wait. Only administrators, and the question whether the application is gone, come so far.
const maxTurns = 8
const isOf = (row: Installation | undefined, applicationToken: string): row is Installation =>
  row?.applicationToken != null && isSameSecret(row.applicationToken, applicationToken)
const storeUnavailable = (cause: unknown) => { throw new StoreUnavailableError({ cause }) }

/** Installation, update and uninstall: from a proven caller to stored tokens and bound placements. */
async function installation (fastify: FastifyInstance, options: InstallationOptions) {
  const { store, publicUrl, handlerPath, eventsPath, servers, workerErrors, turnTimeout = 60_000, now = Date.now } = options
  if (!/^https?:\/\/.*[^/]$/.test(publicUrl)) throw new Error('installation: options.publicUrl must be an address without a trailing slash')
  const addresses = (base: string) => ({ handler: `${base}${handlerPath}`, events: `${base}${eventsPath}` })
  const log = fastify.log.child({ part: 'installation' })
  // The install page and ONAPPINSTALL come close together; what one binds the other has to see.
  const inTurn = createTurns({ timeout: turnTimeout, max: maxTurns })
  // Asked before the turn is taken: whoever is no administrator holds up nobody but himself.
  const onlyLatest = createLatestOnly()

  async function install (caller: VerifiedCall, secrets: InstallationSecrets, signal: AbortSignal): Promise<BindingReport> {
    const { applicationToken, refreshToken } = secrets
    const { memberId, domain, clientEndpoint, serverEndpoint, scope, status, userId, accessToken, expiresAt } = caller
    const rest = fastify.openPortalRest(caller)
    const before = await store.get(memberId).catch(storeUnavailable)
    const survey = await surveyPortal(rest, fastify.placements())
    // When the turn is over, the next one may have written something newer.
    signal.throwIfAborted()
    const isInstalled = await store.install({
      memberId,
      domain,
      clientEndpoint,
      serverEndpoint,
      scope,
      status,
      userId,
      applicationToken: applicationToken || null,
      tokens: refreshToken === '' ? null : { accessToken, refreshToken, expiresAt },
      // The proof does not speak of it: it may be made up, or belong to another portal.
      isRefreshTokenCandidate: true
    }, now(), before ?? { uninstalledAt: null }).catch(storeUnavailable)
    // Uninstalled meanwhile, by another instance: only the portal knows whether it was installed anew.
    if (!isInstalled) return await install(caller, secrets, signal)
    fastify.authToken.forget(memberId)
    return await bind(rest, survey, before, { memberId, done: 'installed', signal })
  }

  async function bind (
    rest: BatchRest, survey: PortalSurvey, before: Installation | undefined,
    { memberId, done, signal }: { memberId: string, done: string, signal: AbortSignal }
  ): Promise<BindingReport> {
    const last = before?.handlerUrl?.endsWith(handlerPath) ? addresses(before.handlerUrl.slice(0, -handlerPath.length)) : null
    const current = { ...addresses(publicUrl), ...(workerErrors && { workerErrors: workerErrors(memberId) }) }
    const report = await bindDeclared(rest, survey, fastify.placements(), current, last, now())
    signal.throwIfAborted()
    await store.recordBindings(memberId, current.handler, report, now()).catch(storeUnavailable)
    log[report.skipped.length > 0 ? 'warn' : 'info']({ member: memberHash(memberId), bound: report.bound, skipped: report.skipped }, done)
    return report
  }

  async function rebind (memberId: string, rest: BatchRest, signal: AbortSignal): Promise<void> {
    const row = await store.get(memberId).catch(storeUnavailable)
    if (row?.uninstalledAt !== null) return
    await bind(rest, await surveyPortal(rest, fastify.placements()), row, { memberId, done: 'bound again', signal })
  }

  async function confirmUninstall (memberId: string, applicationToken: string | undefined, signal: AbortSignal): Promise<void> {
    if (applicationToken !== undefined && isOf(await store.get(memberId), applicationToken)) await store.requestUninstall(memberId, now())
    const row = await store.get(memberId)
    if (row?.uninstallRequestedAt == null) return
    const refresh = async (expired: string) => (await fastify.tokens.holder(memberId, expired)).tokens.accessToken
    const state = await askInstallation(row, servers, fastify.authToken.authorizationServers, refresh, now())
    signal.throwIfAborted()
    const member = memberHash(memberId)
    // Nobody uses it, and nobody can say: it ends. Should somebody come back, the proof of the call brings the row back.
    const isOver = now() - row.uninstallRequestedAt > week
    if (state === 'unknown' && !isOver) return log.warn({ member }, 'an uninstall cannot be confirmed yet; it is kept and checked again')
    fastify.authToken.forget(memberId)
    if (state === 'alive') {
      await store.dropUninstallRequest(memberId)
      return log.warn({ member }, 'an uninstall was refused: the authorization server still calls the application installed')
    }
    await store.markUninstalled(memberId, now())
    log.info({ member }, 'uninstalled')
  }

  fastify.decorate('installations', {
    find: memberId => store.get(memberId).catch(storeUnavailable),
    install: (caller, secrets) => onlyLatest(`${caller.memberId} ${caller.userId}`, async () => {
      await withDeadline(turnTimeout, () => requireAdmin(fastify.openPortalRest(caller)))
      return await inTurn(caller.memberId, signal => install(caller, secrets, signal))
    }),
    rebind: (memberId, rest) => inTurn(memberId, signal => rebind(memberId, rest, signal)),
    async isApplicationToken (memberId, applicationToken) {
      return isOf(await store.get(memberId).catch(storeUnavailable), applicationToken)
    },
    async requestUninstall (memberId, applicationToken) {
      const row = await store.get(memberId).catch(storeUnavailable)
      if (!isOf(row, applicationToken)) throw new ApplicationTokenError()
      // The time of the first wish counts, so a repeated one writes nothing.
      if (row.uninstallRequestedAt === null) await store.requestUninstall(memberId, now()).catch(storeUnavailable)
    },
    confirmUninstall: (memberId, token) => inTurn(memberId, signal => confirmUninstall(memberId, token, signal)),
    unconfirmed: async () => (await store.uninstallRequests()).map(({ memberId, uninstallRequestedAt }) => ({ memberId, since: Number(uninstallRequestedAt) })),
    ping: () => store.ping()
  })
}

export default fp(installation, { fastify: '5.x', name: 'b24-installation', dependencies: ['b24-auth-token', 'b24-placement-dispatch', 'b24-portal-rest', 'b24-tokens'] })
