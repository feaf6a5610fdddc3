import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { createBackground } from '../src/background.ts'
import { ApplicationTokenError, AuthIdMissingError, EventUnknownError, PortalSilentError, ServerSilentError, StoreSilentError, TooManyProofsError } from '../src/errors.ts'
import { bindDeclared, surveyPortal } from '../src/install/bind.ts'
import { askInstallation } from '../src/install/uninstall.ts'
import { memberHash } from '../src/logger.ts'
import { openPortalRest } from '../src/portal-rest.ts'
import type { LifecycleEvent } from '../src/schemas/event.ts'
import type { BindingReport, Installation, InstallationStore } from '../src/store/installation-store.ts'
import { digest } from '../src/trust/application-token.ts'
import type { ProvenCall } from '../src/trust/verify-call.ts'

export interface InstallationOptions {
  store: InstallationStore
  /** Address by which Bitrix24 reaches the service, without a trailing slash */
  publicUrl: string
  /** Paths below it: where widget calls and events are taken */
  handlerPath: string
  eventsPath: string
  /** Origins of the authorization servers that may be asked */
  servers: readonly string[]
  /** Milliseconds between looks at uninstalls that could not be confirmed yet. Default one minute */
  checkInterval?: number
  /** Milliseconds before each further try of an event while somebody is silent. Default 5 s to 30 min */
  delays?: readonly number[]
  /** The clock, in milliseconds since 1970. Default Date.now */
  now?: () => number
}

declare module 'fastify' {
  interface FastifyInstance {
    installations: {
      /** What is stored of a portal */
      find: (memberId: string) => Promise<Installation | undefined>
      /**
       * Installs or updates on a portal: makes sure that an administrator asks, stores the installation, binds what is declared.
       * In: the proven call (`installing`), and what came with it. Out: what is bound, what was left out and why.
       * Errors: NotAdminError, PortalSilentError, PortalRefusedError, StoreSilentError.
       */
      install: (caller: ProvenCall, secrets: { applicationToken: string, refreshToken: string }) => Promise<BindingReport>
      /**
       * Takes a lifecycle event: refuses it, or resolves at once and works on it after.
       * Errors: EventUnknownError, AuthIdMissingError, ApplicationTokenError (an uninstall that does not belong to the installation).
       */
      take: (event: LifecycleEvent, caller: string) => Promise<void>
      ping: () => Promise<void>
    }
  }
}

const minute = 60_000
const hour = 60 * minute
const passing = [ServerSilentError, PortalSilentError, StoreSilentError, TooManyProofsError]
const isPassing = (error: unknown) => passing.some(kind => error instanceof kind)
const storeSilent = (cause: unknown) => { throw new StoreSilentError({ cause }) }

/** Installation, update and uninstall: from proof to stored tokens and bound placements. */
async function installation (fastify: FastifyInstance, options: InstallationOptions) {
  const { store, publicUrl, handlerPath, eventsPath, servers, checkInterval = minute, now = Date.now } = options
  if (!/^https?:\/\/.*[^/]$/.test(publicUrl)) throw new Error('installation: options.publicUrl must be an address without a trailing slash')
  const addresses = (base: string) => ({ handler: `${base}${handlerPath}`, events: `${base}${eventsPath}` })
  const log = fastify.log.child({ part: 'installation' })
  const background = createBackground({ log, delays: options.delays ?? [5000, 30_000, 2 * minute, 10 * minute, 30 * minute], isTemporary: isPassing })

  // The install page and ONAPPINSTALL come close together; what one binds the other has to see.
  const queues = new Map<string, Promise<unknown>>()
  function inTurn<T> (memberId: string, work: () => Promise<T>): Promise<T> {
    const turn = (queues.get(memberId) ?? Promise.resolve()).catch(() => undefined).then(work)
    queues.set(memberId, turn)
    turn.finally(() => { if (queues.get(memberId) === turn) queues.delete(memberId) }).catch(() => undefined)
    return turn
  }

  async function install (caller: ProvenCall, { applicationToken, refreshToken }: { applicationToken: string, refreshToken: string }): Promise<BindingReport> {
    const { memberId, domain, clientEndpoint, serverEndpoint, scope, status, userId, accessToken, expiresAt } = caller
    const rest = await openPortalRest(caller)
    const survey = await surveyPortal(rest, fastify.placements())
    const before = await store.get(memberId).catch(storeSilent)
    await store.install({
      memberId,
      domain,
      clientEndpoint,
      serverEndpoint,
      scope,
      status,
      userId,
      applicationToken: applicationToken || null,
      tokens: refreshToken === '' ? null : { accessToken, refreshToken, expiresAt }
    }, now()).catch(storeSilent)
    fastify.authToken.forget(memberId)
    const last = before?.handlerUrl?.endsWith(handlerPath) ? addresses(before.handlerUrl.slice(0, -handlerPath.length)) : null
    const report = await bindDeclared(rest, survey, fastify.placements(), addresses(publicUrl), last, now())
    await store.recordBindings(memberId, addresses(publicUrl).handler, report, now()).catch(storeSilent)
    log.info({ member: memberHash(memberId), bound: report.bound, leftOut: report.leftOut }, 'installed')
    return report
  }

  async function confirmUninstall (memberId: string): Promise<void> {
    const row = await store.get(memberId)
    if (row?.uninstallRequestedAt == null) return
    const state = await askInstallation(row, servers, fastify.authToken.authorizationServers, tokens => store.replaceTokens(memberId, tokens, now()), now())
    const member = memberHash(memberId)
    if (state === 'unknown') return log.warn({ member }, 'an uninstall cannot be confirmed yet; it is kept and checked again')
    fastify.authToken.forget(memberId)
    if (state === 'alive') {
      await store.dropUninstallRequest(memberId)
      return log.warn({ member }, 'an uninstall was refused: the authorization server still calls the application installed')
    }
    await store.markUninstalled(memberId, now())
    log.info({ member }, 'uninstalled')
  }

  async function take (event: LifecycleEvent, caller: string): Promise<void> {
    const memberId = event['auth[member_id]']
    const applicationToken = event['auth[application_token]'] ?? ''
    switch (event.event.toUpperCase()) {
      case 'ONAPPINSTALL':
      case 'ONAPPUPDATE': {
        const authId = event['auth[access_token]'] ?? ''
        if (authId === '') throw new AuthIdMissingError()
        const claim = { memberId, authId, applicationToken, serverEndpoint: event['auth[server_endpoint]'] ?? '', caller, installing: true }
        background.run(event.event.toUpperCase(), () => inTurn(memberId, async () => {
          await install(await fastify.authToken.verifyClaim(claim), { applicationToken, refreshToken: event['auth[refresh_token]'] ?? '' })
        }))
        return
      }
      case 'ONAPPUNINSTALL': {
        // Any employee can read the application token, so it only opens the question that the authorization server answers.
        const stored = (await store.get(memberId).catch(storeSilent))?.applicationToken ?? null
        if (stored === null || !timingSafeEqual(digest(stored), digest(applicationToken))) throw new ApplicationTokenError()
        await store.requestUninstall(memberId, now()).catch(storeSilent)
        background.run('ONAPPUNINSTALL', () => inTurn(memberId, () => confirmUninstall(memberId)))
        return
      }
      default: throw new EventUnknownError()
    }
  }

  /** Uninstalls that nobody could confirm: every minute in the first hour, then once an hour. */
  async function lookAgain () {
    for (const { memberId, uninstallRequestedAt } of await store.uninstallRequests()) {
      const age = now() - Number(uninstallRequestedAt)
      if (age < hour || age % hour < checkInterval) background.run('ONAPPUNINSTALL', () => inTurn(memberId, () => confirmUninstall(memberId)))
    }
  }

  fastify.decorate('installations', {
    find: memberId => store.get(memberId),
    install: (caller, secrets) => inTurn(caller.memberId, () => install(caller, secrets)),
    take,
    ping: () => store.ping()
  })
  const timer = setInterval(() => background.run('looking at uninstalls again', lookAgain), checkInterval).unref()
  fastify.addHook('onReady', async () => { background.run('looking at uninstalls again', lookAgain) })
  fastify.addHook('onClose', async () => {
    clearInterval(timer)
    await background.close()
  })
}

export default fp(installation, { fastify: '5.x', name: 'b24-installation', dependencies: ['b24-auth-token', 'b24-placement-dispatch'] })
