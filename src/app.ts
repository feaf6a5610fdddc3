import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import approvals from '../routes/screens/approval/service.ts'
import authToken from '../plugins/auth-token/index.ts'
import backgroundWorker from '../plugins/installation/background-worker.ts'
import callLog from '../plugins/call-log/index.ts'
import type { FormGuardOptions } from '../plugins/form-guard/index.ts'
import approvalAnswer from '../routes/screens/approval/answer.ts'
import documentKeysRoute from '../routes/screens/document/keys-route.ts'
import documentRoute from '../routes/screens/document/route.ts'
import documents from '../routes/screens/document/service.ts'
import features from '../plugins/features/index.ts'
import frameAncestors from '../plugins/frame-ancestors/index.ts'
import installation from '../plugins/installation/index.ts'
import lifecycleEvents from '../plugins/lifecycle-events/index.ts'
import links from '../plugins/links/index.ts'
import logRedaction from '../plugins/call-log/redaction.ts'
import page from '../plugins/page/index.ts'
import pageSession from '../plugins/page-session/index.ts'
import openapi from '../plugins/openapi/index.ts'
import placementDispatch from '../plugins/placement-dispatch/index.ts'
import placementOptions from '../plugins/placement-options/index.ts'
import portalAdmin from '../plugins/portal-admin/index.ts'
import portalHosts from '../plugins/portal-hosts/index.ts'
import portalRest from '../plugins/portal-rest/index.ts'
import proxyNotice from '../plugins/call-log/proxy-notice.ts'
import rateLimit from '../plugins/rate-limit/index.ts'
import errorPages from '../plugins/error-pages/index.ts'
import tokens from '../plugins/tokens/index.ts'
import tombstones from '../plugins/installation/tombstones.ts'
import type { Config } from './config.ts'
import { StoreUnavailableError } from './errors.ts'
import { loadDeclarations, loadRoutes } from './load-folder.ts'
import { createWorkerErrors } from '../plugins/installation/worker-errors.ts'
import { createKeyRing, someKeys } from './crypto/keys.ts'
import { callFields } from './log/logger.ts'
import { openStore, type Store } from './store/open-store.ts'

export interface AppOptions {
  config: Config
  /** A store of your own, closed with the app. Default: the one that `config.databaseUrl` names */
  store?: Store
  /** Further folders of placement files, each an absolute path */
  placements?: readonly string[]
  /** Whether there are screens, and links to them. Default true */
  links?: boolean
  /** Further folders of screen files, each an absolute path */
  screens?: readonly string[]
  /** Its `isAnnounced` is set when the process is about to end: /ready tells the balancer, and calls are still answered. */
  departure?: { isAnnounced: boolean }
  /** Asks the authorization servers at the start whether they know the application. Default true */
  checksClient?: boolean
  /** Further folders of views, each an absolute path; searched before ours */
  views?: string[]
}

declare module 'fastify' {
  interface FastifyInstance {
    /** The code in slider links: `#APP_CODE#` */
    appCode: string
    formGuardOptions: FormGuardOptions
    /** Whether the process is about to end */
    departure: { isAnnounced: boolean }
    /** What has to be known to read the metrics; '': nothing */
    metricsToken: string
  }
}

/**
 * The service as a plugin, in the order in which a call meets its parts.
 * Errors: B24_ERR_STORE_URL, whatever the store fails with, and the boot errors of placements and screens.
 */
async function app (fastify: FastifyInstance, { config, store: given, placements = [], links: withLinks = true, screens: screenFolders = [], views = [], departure = { isAnnounced: false }, checksClient = true }: AppOptions) {
  const { clientId, clientSecret, oauthServers: servers, allowInsecurePortals, publicUrl } = config
  const keyRing = createKeyRing(config.appSecret)
  const store = given ?? await openStore({ url: config.databaseUrl, keyRing, log: fastify.log })
  fastify.addHook('onClose', () => store.close())
  fastify.decorate('departure', departure)
  fastify.decorate('appCode', config.appCode)
  fastify.decorate('formGuardOptions', { allowInsecurePortals })
  if (allowInsecurePortals !== false) {
    fastify.log.warn({ portals: allowInsecurePortals === true ? 'all' : allowInsecurePortals }, 'ALLOW_INSECURE_PORTALS lets these portals have plain http and private addresses')
  }
  fastify.decorate('metricsToken', config.metricsToken)

  await fastify.register(logRedaction)
  await fastify.register(callLog, { fields: callFields })
  await fastify.register(proxyNotice)
  await fastify.register(frameAncestors)

  // Who is calling, what they sent, who answers.
  await fastify.register(authToken, {
    clientId,
    clientSecret,
    servers,
    allowInsecurePortals,
    applicationToken: config.applicationToken,
    portals: { find: memberId => store.get(memberId), record: (portal, seen) => store.recordPortal(portal, Date.now(), seen) },
    changedToken: {
      isAdmin: caller => fastify.isPortalAdmin(caller),
      replace: (memberId, applicationToken) => store.replaceApplicationToken(memberId, applicationToken, Date.now())
    }
  })
  store.onPortalChanged(memberId => { fastify.authToken.forget(memberId) })
  await fastify.register(rateLimit)
  await fastify.register(tokens, { store, clientId, servers, checksClient })
  await fastify.register(portalRest, {
    allowInsecurePortals,
    // An address brings nobody back.
    record: async portal => { await store.recordPortal(portal, Date.now(), { uninstallRequestedAt: null, uninstalledAt: null }) }
  })
  await fastify.register(portalAdmin)
  await fastify.register(portalHosts, { store })
  await fastify.register(placementOptions)
  await fastify.register(placementDispatch)
  await fastify.register(features)

  /** Since when a portal has the application; null: it was uninstalled. */
  const installedAt = async (memberId: string) => {
    const row = await store.get(memberId).catch((cause: unknown) => { throw new StoreUnavailableError({ cause }) })
    return row?.uninstalledAt === null ? row.installedAt : row && null
  }
  await fastify.register(pageSession, {
    clientId, keys: keyRing.derive('page-session').map(({ key }) => key), installedAt, limit: fastify.limitRate
  })
  await fastify.register(page, {
    views,
    meta: async ({ placement, authToken, isPortalAdmin: isAdmin }): Promise<Record<string, string>> => placement === null || authToken === null
      ? {}
      : {
          'page-session': await fastify.createPageSession({
            memberId: authToken.memberId,
            userId: authToken.userId,
            domain: authToken.domain,
            installedAt: authToken.installedAt,
            placement: placement.code,
            lang: placement.lang,
            isAdmin
          }, authToken.expiresAt)
        }
  })
  await fastify.register(errorPages, { card: { handler: `${publicUrl}/placement`, install: `${publicUrl}/install` } })
  const isInstalled = async (memberId: string, since: number | undefined) => {
    const present = await installedAt(memberId)
    return typeof present === 'number' && (since ?? present) === present
  }
  const workerErrors = createWorkerErrors(`${publicUrl}/events/worker`, someKeys(keyRing.derive('worker-errors').map(({ key }) => key), 'worker-errors'))
  await fastify.register(installation, {
    store, publicUrl, handlerPath: '/placement', eventsPath: '/events', servers, workerErrors: workerErrors.addressOf
  })
  await fastify.register(tombstones, { store })
  await fastify.register(lifecycleEvents)
  await fastify.register(backgroundWorker, { errors: workerErrors })
  await fastify.register(openapi, { title: 'Links to screens', url: publicUrl })

  const routes = join(import.meta.dirname, '../routes')
  const ownPages = ['plugins/error-pages', 'plugins/installation', 'routes/placements']
  for (const folder of ownPages) fastify.addPageFolder(join(routes, '..', folder))
  await loadRoutes(fastify, routes)
  await loadRoutes(fastify, join(routes, 'api'))
  await loadDeclarations(fastify, 'placement', [join(routes, 'placements'), ...placements],
    () => fastify.placements.all().map(({ code }) => code))
  if (!withLinks) return

  await fastify.register(links, {
    appCode: config.appCode,
    keys: keyRing.derive('links').map(({ key }) => key),
    apiKeys: config.linksApiKeys,
    store: store.visits,
    retentionDays: config.linkVisitsDays
  })
  store.onPortalChanged(memberId => { fastify.links.visits.forget(memberId) })
  await fastify.register(documents, {
    origins: config.documentOrigins,
    keys: keyRing.derive('documents').map(({ key }) => key),
    readerKeys: keyRing.derive('document-readers'),
    issuer: publicUrl,
    clientId,
    isInstalled
  })
  await fastify.register(approvals, {
    store: store.approvals,
    keys: keyRing.derive('approvals').map(({ key }) => key),
    clientId,
    isInstalled,
    path: '/approvals',
    limit: fastify.limitRate
  })
  for (const screen of ['approval', 'document', 'record']) fastify.addPageFolder(join(routes, 'screens', screen))
  for (const route of [approvalAnswer, documentRoute, documentKeysRoute]) await fastify.register(route)
  await loadDeclarations(fastify, 'screen', [join(routes, 'screens'), ...screenFolders],
    () => fastify.links.screens().map(({ name }) => name))
}

export default fp(app, { fastify: '5.x', name: 'fastify-bitrix24' })
