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
import logRedaction from '../plugins/call-log/redaction.ts'
import page from '../plugins/page/index.ts'
import pageSession from '../plugins/page-session/index.ts'
import { pageSessionMeta } from '../plugins/page-session/meta.ts'
import openapi from '../plugins/openapi/index.ts'
import placementDispatch from '../plugins/placement-dispatch/index.ts'
import placementOptions from '../plugins/placement-options/index.ts'
import portalAdmin from '../plugins/portal-admin/index.ts'
import portalHosts from '../plugins/portal-hosts/index.ts'
import portalRest from '../plugins/portal-rest/index.ts'
import proxyNotice from '../plugins/call-log/proxy-notice.ts'
import rateLimit from '../plugins/rate-limit/index.ts'
import errorPages from '../plugins/error-pages/index.ts'
import screens from '../plugins/links/index.ts'
import tokens from '../plugins/tokens/index.ts'
import tombstones from '../plugins/installation/tombstones.ts'
import { createApiKeys, type ApiKeys } from '../plugins/links/api-keys.ts'
import type { Config } from './config.ts'
import type { ApiKey } from './schemas/variables.ts'
import { loadDeclarations, loadRoutes } from './load-folder.ts'
import { createWorkerErrors } from '../plugins/installation/worker-errors.ts'
import { createKeyRing, someKeys } from './crypto/keys.ts'
import { StoreUnavailableError } from './errors.ts'
import { callFields } from './log/logger.ts'
import { describedLinkRequest } from '../plugins/links/link-schema.ts'
import { openStore, type Store } from './store/open-store.ts'

export interface AppOptions {
  config: Config
  /** A store of your own, closed with the app. Default: the one that `config.databaseUrl` names */
  store?: Store
  /** Further folders of placement files, of screen files, and of views, which win over ours: absolute paths */
  placements?: readonly string[]
  screens?: readonly string[]
  views?: readonly string[]
  /** Aborted when the process is about to end: /ready says so, and calls are still answered. Default: never */
  shutdown?: AbortSignal
  /** Asks the authorization servers at the start whether they know the application. Default true */
  checksClient?: boolean
}

declare module 'fastify' {
  interface FastifyInstance {
    config: Config
    /** Aborted when the process is about to end */
    shutdown: AbortSignal
    /** Keys of back-ends that write links */
    apiKeys: ApiKeys
  }
  interface FastifyRequest {
    /** The back-end that makes this call; null for anybody else */
    apiKey: ApiKey | null
  }
}

const root = join(import.meta.dirname, '..')

/** The service as a plugin, in the order in which a call meets its parts. */
async function app (fastify: FastifyInstance, options: AppOptions) {
  const { config, placements = [], screens: screenFolders = [], views = [] } = options
  const { shutdown = new AbortController().signal, checksClient = true } = options
  const { allowInsecurePortals, clientId, oauthServers: servers, publicUrl } = config
  const keyRing = createKeyRing(config.appSecret)
  const keysFor = (purpose: string) => keyRing.derive(purpose).map(({ key }) => key)
  const store = options.store ?? await openStore({ url: config.databaseUrl, keyRing, log: fastify.log })
  fastify.addHook('onClose', () => store.close())
  fastify.decorate('config', config)
  fastify.decorate('shutdown', shutdown)
  fastify.decorate('apiKeys', createApiKeys(config.linksApiKeys))
  fastify.decorateRequest('apiKey', null)

  // Every request: a line in the log that holds no secret, and headers that say who may frame the answer.
  await fastify.register(logRedaction)
  await fastify.register(callLog, { fields: callFields })
  await fastify.register(proxyNotice)
  await fastify.register(frameAncestors)

  // A call: who is calling, what they sent, who answers.
  await fastify.register(authToken, {
    clientId,
    clientSecret: config.clientSecret,
    servers,
    allowInsecurePortals,
    applicationToken: config.applicationToken,
    portals: {
      find: memberId => store.get(memberId),
      record: (portal, seen) => store.recordPortal(portal, Date.now(), seen)
    },
    changedToken: {
      isAdmin: caller => fastify.isPortalAdmin(caller),
      replace: (memberId, applicationToken) => store.replaceApplicationToken(memberId, applicationToken, Date.now())
    }
  })
  store.onPortalChanged(memberId => { fastify.authToken.forget(memberId) })
  await fastify.register(rateLimit)
  await fastify.register(placementOptions)
  await fastify.register(placementDispatch)

  // What a handler can use: REST as the installation and as the user, and calls from its page.
  await fastify.register(tokens, { store, clientId, servers, checksClient })
  await fastify.register(portalRest, { store, allowInsecurePortals })
  await fastify.register(portalAdmin)
  await fastify.register(portalHosts, { store })

  /** Since when a portal has the application; null: it was uninstalled. */
  const installedAt = async (memberId: string) => {
    const row = await store.get(memberId).catch((cause: unknown) => { throw new StoreUnavailableError({ cause }) })
    return row?.uninstalledAt === null ? row.installedAt : row && null
  }
  await fastify.register(pageSession, { clientId, keys: keysFor('page-session'), installedAt, limit: fastify.limitRate })

  // What a call ends with: a page, or a page that tells the error.
  await fastify.register(page, { views, meta: pageSessionMeta })
  await fastify.register(errorPages, { card: { handler: `${publicUrl}/placement`, install: `${publicUrl}/install` } })

  // Installation, update and uninstall, by the install page and by events.
  const workerErrors = createWorkerErrors(`${publicUrl}/events/worker`, someKeys(keysFor('worker-errors'), 'worker-errors'))
  await fastify.register(installation, {
    store, publicUrl, handlerPath: '/placement', eventsPath: '/events', servers, workerErrors: workerErrors.addressOf
  })
  await fastify.register(tombstones, { store })
  await fastify.register(lifecycleEvents)
  await fastify.register(backgroundWorker, { errors: workerErrors })

  // Links to screens.
  await fastify.register(linkVisits, { store: store.visits, retentionDays: config.linkVisitsDays })
  store.onPortalChanged(memberId => { fastify.linkVisits.forget(memberId) })
  const opened = fastify.linkVisits.count
  await fastify.register(screens, { appCode: config.appCode, keys: keysFor('links'), opened })
  const isInstalled = async (memberId: string, since: number | undefined) => {
    const present = await installedAt(memberId)
    return typeof present === 'number' && (since ?? present) === present
  }
  await fastify.register(documents, {
    origins: config.documentOrigins,
    keys: keysFor('documents'),
    readerKeys: keyRing.derive('document-readers'),
    issuer: publicUrl,
    clientId,
    isInstalled
  })
  await fastify.register(approvals, {
    store: store.approvals, keys: keysFor('approvals'), clientId, isInstalled, path: '/approvals', limit: fastify.limitRate
  })
  await fastify.register(openapi, {
    title: 'Links to screens',
    url: publicUrl,
    bodyOf: path => path === '/api/links' ? describedLinkRequest(fastify.screens()) : undefined
  })

  const ownPages = ['plugins/error-pages', 'plugins/installation', 'plugins/links', 'routes/placements',
    'routes/screens/approval', 'routes/screens/document', 'routes/screens/record']
  for (const folder of ownPages) fastify.addPageFolder(join(root, folder))
  for (const route of [linksRoute, visitsRoute, approvalAnswer, documentRoute, documentKeysRoute]) await fastify.register(route)
  await loadRoutes(fastify, join(root, 'routes'))
  await loadRoutes(fastify, join(root, 'routes/api'))
  await loadDeclarations(fastify, 'placement', [join(root, 'routes/placements'), ...placements],
    () => fastify.placements.all().map(({ code }) => code))
  await loadDeclarations(fastify, 'screen', [join(root, 'routes/screens'), ...screenFolders],
    () => fastify.screens().map(({ name }) => name))
}

export default fp(app, { fastify: '5.x', name: 'fastify-bitrix24' })
