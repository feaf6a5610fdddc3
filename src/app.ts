import { join } from 'node:path'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import authToken from '../plugins/auth-token/index.ts'
import callLog from '../plugins/call-log/index.ts'
import errorPages from '../plugins/error-pages/index.ts'
import frameAncestors from '../plugins/frame-ancestors/index.ts'
import installation from '../plugins/installation/index.ts'
import lifecycleEvents from '../plugins/lifecycle-events/index.ts'
import links from '../plugins/links/index.ts'
import openapi from '../plugins/openapi/index.ts'
import page from '../plugins/page/index.ts'
import pageSession, { pageSessionMeta } from '../plugins/page-session/index.ts'
import pageUser from '../plugins/page-user/index.ts'
import placementDispatch from '../plugins/placement-dispatch/index.ts'
import placementOptions from '../plugins/placement-options/index.ts'
import portalRest from '../plugins/portal-rest/index.ts'
import rateLimit from '../plugins/rate-limit/index.ts'
import tokens from '../plugins/tokens/index.ts'
import type { AppOptions } from './app-options.ts'
import { loadDeclarations } from './application/declarations.ts'
import { applicationFolders, loadPlugins } from './application/folder.ts'
import { migrateApplication } from './application/migrations.ts'
import { createKeyRing } from './crypto/keys.ts'
import { basePath } from './http/urls.ts'
import { openStore } from './store/open-store.ts'

const root = join(import.meta.dirname, '..')

/** The service as a plugin, in the order in which a call meets its parts. It leaves the host around it as it is. */
export default async function app (fastify: FastifyInstance, options: AppOptions) {
  const { config, shutdown = new AbortController().signal, checksClient = true } = options
  const own = applicationFolders(options.application ?? config.application)
  const { allowInsecurePortals, applicationToken, clientId, clientSecret, oauthServers: servers, publicUrl } = config
  const keyRing = createKeyRing(config.appSecret)
  const store = options.store ?? await openStore({ url: config.databaseUrl, keyRing, log: fastify.log })
  fastify.addHook('onClose', () => store.close())
  fastify.decorate('config', config).decorate('database', store.database).decorate('shutdown', shutdown)

  // Every request: a line in the log that holds no secret, and headers that say who may frame the answer.
  await fastify.register(callLog)
  const otherHosts = { store, isAdmin: (request: FastifyRequest) => fastify.portalRest.isAdmin(request) }
  await fastify.register(frameAncestors, { otherHosts })

  // A call: who is calling, what they sent, who answers.
  const trust = { clientId, clientSecret, applicationToken, servers, allowInsecurePortals, store }
  await fastify.register(authToken, { ...trust, isAdmin: call => fastify.portalRest.isAdminOf(call) })
  await fastify.register(rateLimit)
  await fastify.register(placementOptions)
  await fastify.register(placementDispatch)

  // What a handler can use: REST as the installation and as the user, and calls from its page.
  await fastify.register(tokens, { store, clientId, servers, checksClient })
  await fastify.register(portalRest, { store, allowInsecurePortals })
  await fastify.register(pageSession, { clientId, keys: keyRing.keys('page-session'), store, limit: fastify.limitRate })
  await fastify.register(pageUser)

  // What a call ends with: a page, or a page that tells the error.
  await fastify.register(page, { ...own, base: basePath(publicUrl), meta: pageSessionMeta })
  await fastify.register(errorPages, { card: { handler: `${publicUrl}/placement`, install: `${publicUrl}/install` } })

  // Installation, update and uninstall, by the install page and by events.
  const addresses = { publicUrl, handlerPath: '/placement', eventsPath: '/events', workerErrorsPath: '/events/worker' }
  await fastify.register(installation, { store, servers, ...addresses, keys: keyRing.keys('worker-errors') })
  await fastify.register(lifecycleEvents)

  // Above all that: links to screens.
  await fastify.register(openapi, { title: 'Links to screens', url: publicUrl })
  const { appCode, linksApiKeys: apiKeys, linkVisitsDays: retentionDays } = config
  const linksOptions = { appCode, keys: keyRing.keys('links'), apiKeys, store, retentionDays }
  if (options.links !== false) await fastify.register(links, linksOptions)

  // The application, and what every application starts with.
  for (const folder of own.migrations) await migrateApplication(store.database, folder, fastify.log)
  for (const folder of own.plugins) await loadPlugins(fastify, folder)
  fastify.addPageFolder(join(root, 'routes/placements'))
  await loadDeclarations(fastify, 'placement', [...own.placements, join(root, 'routes/placements')])
  if (options.links !== false) await loadDeclarations(fastify, 'screen', own.screens)
  for (const folder of [join(root, 'routes'), ...own.routes]) await loadPlugins(fastify, folder)
}
