import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import approvals from '../routes/screens/approval/service.ts'
import authToken from '../plugins/auth-token/index.ts'
import backgroundWorker from '../plugins/installation/background-worker.ts'
import callLog from '../plugins/call-log/index.ts'
import approvalAnswer from '../routes/screens/approval/answer.ts'
import documentKeysRoute from '../routes/screens/document/keys-route.ts'
import documentRoute from '../routes/screens/document/route.ts'
import linksRoute from '../plugins/links/links-route.ts'
import visitsRoute from '../plugins/links/visits-route.ts'
import documents from '../routes/screens/document/service.ts'
import frameAncestors from '../plugins/frame-ancestors/index.ts'
import installation from '../plugins/installation/index.ts'
import lifecycleEvents from '../plugins/lifecycle-events/index.ts'
import linkVisits from '../plugins/links/visits.ts'
import page from '../plugins/page/index.ts'
import pageSession from '../plugins/page-session/index.ts'
import openapi from '../plugins/openapi/index.ts'
import placementDispatch from '../plugins/placement-dispatch/index.ts'
import placementOptions from '../plugins/placement-options/index.ts'
import portalAdmin from '../plugins/portal-admin/index.ts'
import portalRest from '../plugins/portal-rest/index.ts'
import rateLimit from '../plugins/rate-limit/index.ts'
import errorPages from '../plugins/error-pages/index.ts'
import screens from '../plugins/links/index.ts'
import tokens from '../plugins/tokens/index.ts'
import tombstones from '../plugins/installation/tombstones.ts'
import { createApiKeys, type ApiKey, type ApiKeys } from '../plugins/links/api-keys.ts'
import type { Config } from './config.ts'
import { StoreUnavailableError } from './errors.ts'
import { loadDeclarations, loadRoutes } from './load-folder.ts'
import { createWorkerErrors } from '../plugins/installation/worker-errors.ts'
import { createKeyRing, someKeys } from './crypto/keys.ts'
import { describedLinkRequest } from '../plugins/links/link-schema.ts'
import { openStore, type Store } from './store/open-store.ts'

export interface AppOptions {
  config: Config
  /** A store of your own, closed with the app. Default: the one that `config.databaseUrl` names */
  store?: Store
  /** Further folders of placement files, each an absolute path */
  placements?: readonly string[]
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
    config: Config
    /** Whether the process is about to end */
    departure: { isAnnounced: boolean }
    /** Keys of back-ends that write links */
    apiKeys: ApiKeys
    /** What has to be known to read the metrics; '': nothing */
    metricsToken: string
  }
  interface FastifyRequest {
    /** The back-end that makes this call; null for anybody else */
    apiKey: ApiKey | null
  }
}

/**
 * The service as a plugin, in the order in which a call meets its parts.
 * Errors: B24_ERR_STORE_URL, whatever the store fails with, and the boot errors of placements and screens.
 */
async function app (fastify: FastifyInstance, { config, store: given, placements = [], screens: screenFolders = [], views = [], departure = { isAnnounced: false }, checksClient = true }: AppOptions) {
  const { clientId, clientSecret, oauthServers: servers, allowInsecurePortals, publicUrl } = config
  const keyRing = createKeyRing(config.appSecret)
  const store = given ?? await openStore({ url: config.databaseUrl, keyRing, log: fastify.log })
  fastify.addHook('onClose', () => store.close())
  fastify.decorate('departure', departure)
  fastify.decorate('appCode', config.appCode)
  fastify.decorate('config', config)
  if (allowInsecurePortals !== false) {
    fastify.log.warn({ portals: allowInsecurePortals === true ? 'all' : allowInsecurePortals }, 'ALLOW_INSECURE_PORTALS lets these portals have plain http and private addresses')
  }
  fastify.decorate('apiKeys', createApiKeys(config.linksApiKeys))
  fastify.decorateRequest('apiKey', null)
  fastify.decorate('metricsToken', config.metricsToken)

  // Not called a key: what is called so is redacted.
  await fastify.register(callLog, { fields: ({ apiKey }) => ({ writer: apiKey?.name }) })
  await fastify.register(frameAncestors, { otherHosts: { store, isAdmin: request => fastify.askPortalAdmin(request) } })

  // Who is calling, what they sent, who answers.
  await fastify.register(authToken, {
    clientId,
    clientSecret,
    servers,
    allowInsecurePortals,
    applicationToken: config.applicationToken,
    store,
    isAdmin: call => fastify.isPortalAdmin(call)
  })
  await fastify.register(rateLimit)
  await fastify.register(tokens, { store, clientId, servers, checksClient })
  await fastify.register(portalRest, {
    allowInsecurePortals,
    // An address brings nobody back.
    record: async portal => { await store.recordPortal(portal, Date.now(), { uninstallRequestedAt: null, uninstalledAt: null }) }
  })
  await fastify.register(portalAdmin)
  await fastify.register(placementOptions)
  await fastify.register(placementDispatch)
  await fastify.register(linkVisits, { store: store.visits, retentionDays: config.linkVisitsDays })
  store.onPortalChanged(memberId => { fastify.linkVisits.forget(memberId) })
  await fastify.register(screens, {
    appCode: config.appCode,
    keys: keyRing.derive('links').map(({ key }) => key),
    opened: visit => { fastify.linkVisits.count(visit) }
  })

  /** Since when a portal has the application; null: it was uninstalled. */
  const installedAt = async (memberId: string) => {
    const row = await store.get(memberId).catch((cause: unknown) => { throw new StoreUnavailableError({ cause }) })
    return row?.uninstalledAt === null ? row.installedAt : row && null
  }
  await fastify.register(pageSession, {
    clientId, keys: keyRing.derive('page-session').map(({ key }) => key), store, limit: fastify.limitRate
  })
  await fastify.register(page, {
    views,
    meta: async ({ placement, verifiedCall, isPortalAdmin: isAdmin }): Promise<Record<string, string>> => placement === null || verifiedCall === null
      ? {}
      : {
          'page-session': await fastify.createPageSession({
            memberId: verifiedCall.memberId,
            userId: verifiedCall.userId,
            domain: verifiedCall.domain,
            installedAt: verifiedCall.installedAt,
            placement: placement.code,
            lang: placement.lang,
            isAdmin
          }, verifiedCall.expiresAt)
        }
  })
  await fastify.register(errorPages, { card: { handler: `${publicUrl}/placement`, install: `${publicUrl}/install` } })
  const isInstalled = async (memberId: string, since: number | undefined) => {
    const present = await installedAt(memberId)
    return typeof present === 'number' && (since ?? present) === present
  }
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
  const workerErrors = createWorkerErrors(`${publicUrl}/events/worker`, someKeys(keyRing.derive('worker-errors').map(({ key }) => key), 'worker-errors'))
  await fastify.register(installation, {
    store, publicUrl, handlerPath: '/placement', eventsPath: '/events', servers, workerErrors: workerErrors.addressOf
  })
  await fastify.register(tombstones, { store })
  await fastify.register(lifecycleEvents)
  await fastify.register(backgroundWorker, { errors: workerErrors })
  await fastify.register(openapi, {
    title: 'Links to screens',
    url: publicUrl,
    bodyOf: path => path === '/api/links' ? describedLinkRequest(fastify.screens()) : undefined
  })

  const routes = join(import.meta.dirname, '../routes')
  const ownPages = ['plugins/installation', 'plugins/links', 'routes/placements',
    'routes/screens/approval', 'routes/screens/document', 'routes/screens/record']
  for (const folder of ownPages) fastify.addPageFolder(join(routes, '..', folder))
  for (const route of [linksRoute, visitsRoute, approvalAnswer, documentRoute, documentKeysRoute]) await fastify.register(route)
  await loadRoutes(fastify, routes)
  await loadRoutes(fastify, join(routes, 'api'))
  const codes = { kind: 'placement', names: () => fastify.placements().map(({ code }) => code) } as const
  for (const folder of [join(routes, 'placements'), ...placements]) await loadDeclarations(fastify, folder, codes)
  const names = { kind: 'screen', names: () => fastify.screens().map(({ name }) => name) } as const
  for (const folder of [join(routes, 'screens'), ...screenFolders]) await loadDeclarations(fastify, folder, names)
}

export default fp(app, { fastify: '5.x', name: 'fastify-bitrix24' })
