import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import authToken from '../plugins/auth-token/index.ts'
import callLog from '../plugins/call-log/index.ts'
import frameAncestors from '../plugins/frame-ancestors/index.ts'
import installation from '../plugins/installation/index.ts'
import lifecycleEvents from '../plugins/lifecycle-events/index.ts'
import links from '../plugins/links/index.ts'
import page from '../plugins/page/index.ts'
import pageSession, { pageSessionMeta } from '../plugins/page-session/index.ts'
import openapi from '../plugins/openapi/index.ts'
import placementDispatch from '../plugins/placement-dispatch/index.ts'
import placementOptions from '../plugins/placement-options/index.ts'
import portalRest from '../plugins/portal-rest/index.ts'
import rateLimit from '../plugins/rate-limit/index.ts'
import errorPages from '../plugins/error-pages/index.ts'
import tokens from '../plugins/tokens/index.ts'
import type { Config } from './config.ts'
import { loadDeclarations, loadRoutes } from './load-folder.ts'
import { createKeyRing } from './crypto/keys.ts'
import { openStore, type Store } from './store/open-store.ts'

export interface AppOptions {
  config: Config
  /** A store of your own, closed with the app. Default: the one that `config.databaseUrl` names */
  store?: Store
  /** Further folders of placement files, of screen files, and of views, which win over ours: absolute paths */
  placements?: readonly string[]
  /** Whether there are screens, and links to them. Default true */
  links?: boolean
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
    /** The database of the store, for plugins with tables of their own */
    database: Store['database']
    /** Aborted when the process is about to end */
    shutdown: AbortSignal
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
  fastify.decorate('database', store.database)
  fastify.decorate('shutdown', shutdown)
  if (allowInsecurePortals !== false) {
    fastify.log.warn({ portals: allowInsecurePortals === true ? 'all' : allowInsecurePortals },
      'ALLOW_INSECURE_PORTALS lets these portals have plain http and private addresses')
  }

  // Every request: a line in the log that holds no secret, and headers that say who may frame the answer.
  await fastify.register(callLog)
  await fastify.register(frameAncestors, {
    otherHosts: { store, isAdmin: request => fastify.portalRest.isAdmin(request) }
  })

  // A call: who is calling, what they sent, who answers.
  await fastify.register(authToken, {
    clientId,
    clientSecret: config.clientSecret,
    servers,
    allowInsecurePortals,
    applicationToken: config.applicationToken,
    store,
    isAdmin: call => fastify.portalRest.isAdminOf(call)
  })
  await fastify.register(rateLimit)
  await fastify.register(placementOptions)
  await fastify.register(placementDispatch)

  // What a handler can use: REST as the installation and as the user, and calls from its page.
  await fastify.register(tokens, { store, clientId, servers, checksClient })
  await fastify.register(portalRest, { store, allowInsecurePortals })

  await fastify.register(pageSession, { clientId, keys: keysFor('page-session'), store, limit: fastify.limitRate })

  // What a call ends with: a page, or a page that tells the error.
  await fastify.register(page, { views, meta: pageSessionMeta })
  await fastify.register(errorPages, { card: { handler: `${publicUrl}/placement`, install: `${publicUrl}/install` } })

  // Installation, update and uninstall, by the install page and by events.
  await fastify.register(installation, {
    store,
    publicUrl,
    handlerPath: '/placement',
    eventsPath: '/events',
    workerErrorsPath: '/events/worker',
    keys: keysFor('worker-errors'),
    servers
  })
  await fastify.register(lifecycleEvents)

  await fastify.register(openapi, { title: 'Links to screens', url: publicUrl })

  const ownPages = ['plugins/installation', 'routes/placements']
  for (const folder of ownPages) fastify.addPageFolder(join(root, folder))
  await loadRoutes(fastify, join(root, 'routes'))
  await loadRoutes(fastify, join(root, 'routes/api'))
  await loadDeclarations(fastify, 'placement', [join(root, 'routes/placements'), ...placements],
    () => fastify.placements.all().map(({ code }) => code))

  // Above all that: links to screens.
  if (options.links === false) return
  await fastify.register(links, {
    appCode: config.appCode,
    keys: keysFor('links'),
    apiKeys: config.linksApiKeys,
    store,
    retentionDays: config.linkVisitsDays,
    folders: [join(root, 'routes/screens'), ...screenFolders]
  })
}

export default fp(app, { fastify: '5.x', name: 'fastify-bitrix24' })
