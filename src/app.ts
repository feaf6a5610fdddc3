import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import authToken from '../plugins/auth-token/index.ts'
import callLog from '../plugins/call-log/index.ts'
import errorPages from '../plugins/error-pages/index.ts'
import { notFound } from '../plugins/error-pages/not-found.ts'
import frameAncestors from '../plugins/frame-ancestors/index.ts'
import installation from '../plugins/installation/index.ts'
import lifecycleEvents from '../plugins/lifecycle-events/index.ts'
import links from '../plugins/links/index.ts'
import openapi from '../plugins/openapi/index.ts'
import overload from '../plugins/overload/index.ts'
import page from '../plugins/page/index.ts'
import pageSession, { pageSessionMeta } from '../plugins/page-session/index.ts'
import pageUser from '../plugins/page-user/index.ts'
import placementDispatch from '../plugins/placement-dispatch/index.ts'
import placementOptions from '../plugins/placement-options/index.ts'
import portalRest from '../plugins/portal-rest/index.ts'
import rateLimit from '../plugins/rate-limit/index.ts'
import tokens from '../plugins/tokens/index.ts'
import type { AppOptions } from './app-options.ts'
import { checkAppOptions } from './application/check-options.ts'
import { applicationFolders, loadApplication } from './application/folder.ts'
import { beGuest } from './application/guest.ts'
import { createKeyRing } from './crypto/keys.ts'
import { basePath } from './http/urls.ts'
import { openStore } from './store/open-store.ts'

/** The service as a plugin, in the order in which a call meets its parts. It leaves the host around it as it is. */
async function app (fastify: FastifyInstance, options: AppOptions) {
  checkAppOptions(options)
  const { config, shutdown = new AbortController().signal, checksClient = true, links: hasLinks = true } = options
  const { standalone = false, prefix = '', config: { colorScheme, oauthServers: servers } } = options
  if (!standalone) beGuest(fastify, config.publicUrl)
  const own = applicationFolders(options.application ?? config.application, fastify.log)
  const { allowInsecurePortals, applicationToken, clientId, clientSecret, publicUrl } = config
  const keyRing = createKeyRing(config.appSecret)
  const store = options.store ?? await openStore({ url: config.databaseUrl, keyRing, log: fastify.log })
  fastify.decorate('config', config).decorate('database', store.database).addHook('onClose', () => store.close())

  // Every request: a line in the log that holds no secret, and headers that say who may frame the answer.
  if (standalone && config.traces) await fastify.register(import('../plugins/traces/index.ts'), config.traces)
  await fastify.register(callLog, { hidesAddresses: !standalone })
  await fastify.register(overload, { maxDelay: config.overloadDelay })
  await fastify.register(frameAncestors, { otherHosts: { store, isAdmin: call => fastify.portalRest.isAdmin(call) } })

  // A call: who is calling, what they sent, who answers.
  const trust = { clientId, clientSecret, applicationToken, servers, allowInsecurePortals, store }
  await fastify.register(authToken, { ...trust, isAdmin: call => fastify.portalRest.isAdminOf(call) })
  await fastify.register(rateLimit).register(placementOptions).register(placementDispatch)

  // What a handler can use: REST as the installation and as the user, and calls from its page.
  await fastify.register(tokens, { store, clientId, servers, checksClient })
  await fastify.register(portalRest, { store, allowInsecurePortals })
  await fastify.register(pageSession, { clientId, keys: keyRing.keys('page-session'), store, limit: fastify.limitRate })
  await fastify.register(pageUser)

  // The answer: a page, one of the application's front end, or an error page.
  const { views, locales, public: files } = own
  const pages = { views, locales, public: files, base: basePath(publicUrl), colorScheme }
  await fastify.register(page, { ...pages, meta: pageSessionMeta })
  const answers = { publicUrl, development: config.development, meta: pageSessionMeta }
  if (own.frontend) await fastify.register(import('../plugins/frontend/index.ts'), { ...own.frontend, ...answers })
  const card = { handler: `${publicUrl}/placement`, install: `${publicUrl}/install` }
  await fastify.register(errorPages, { card, notFound: false })

  // Installation, update and uninstall, by the install page and by events.
  const addresses = { publicUrl, handlerPath: '/placement', eventsPath: '/events', workerErrorsPath: '/events/worker' }
  await fastify.register(installation, { store, servers, ...addresses, keys: keyRing.keys('worker-errors') })
  await fastify.register(lifecycleEvents, { limit: fastify.limitRate })

  // The API's description, and the features above the core: what portals are asked and answer, and links to screens.
  await fastify.register(openapi, { title: 'Links to screens', url: publicUrl, path: '/api/openapi.json' })
  const { appCode, linksApiKeys: apiKeys, linkVisitsDays: retentionDays, journalDays } = config
  await fastify.register(import('../plugins/journal/index.ts'), { store, days: journalDays })
  if (hasLinks) await fastify.register(links, { appCode, keys: keyRing.keys('links'), apiKeys, store, retentionDays })

  // The application and our routes. Unknown addresses come last; those of a host without a prefix stay its own.
  await loadApplication(fastify, own, shutdown, hasLinks)
  if (standalone || prefix !== '') await fastify.register(notFound, { wildcard: !standalone })
}

export default fp(app, { fastify: '>=5.10.0 <6', name: 'fastify-bitrix24', encapsulate: true })
