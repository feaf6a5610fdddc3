import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import autoload from '@fastify/autoload'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import approvals from '../plugins/approvals.ts'
import authToken from '../plugins/auth-token.ts'
import callLog from '../plugins/call-log.ts'
import type { CallShapeOptions } from '../plugins/call-shape.ts'
import documents from '../plugins/documents.ts'
import frameAncestors from '../plugins/frame-ancestors.ts'
import installation from '../plugins/installation.ts'
import lifecycleEvents from '../plugins/lifecycle-events.ts'
import linkOpenings from '../plugins/link-openings.ts'
import page from '../plugins/page.ts'
import pageSession from '../plugins/page-session.ts'
import openapi from '../plugins/openapi.ts'
import placementDispatch from '../plugins/placement-dispatch.ts'
import placementOptions from '../plugins/placement-options.ts'
import portalAdmin from '../plugins/portal-admin.ts'
import portalRest from '../plugins/portal-rest.ts'
import refusals from '../plugins/refusals.ts'
import screens from '../plugins/screens.ts'
import tokens from '../plugins/tokens.ts'
import { createApiKeys } from './api-keys.ts'
import type { Config } from './config.ts'
import { PlacementSilentError, ScreenSilentError } from './errors.ts'
import { createKeyRing } from './keys.ts'
import { callFields } from './logger.ts'
import { describedLinkRequest } from './schemas/link.ts'
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
  /** Further folders of views, each an absolute path; searched before ours */
  views?: string[]
}

declare module 'fastify' {
  interface FastifyInstance {
    /** The code in slider links: `#APP_CODE#` */
    appCode: string
    callShapeOptions: CallShapeOptions
    /** Whether the process is about to end */
    departure: { isAnnounced: boolean }
    /** Keys of back-ends that write links */
    apiKeys: { includes: (key: string) => boolean }
  }
}

/**
 * The service as a plugin, in the order in which a call meets its parts.
 * Errors: B24_ERR_STORE_URL, whatever the store fails with, and the boot errors of placements and screens.
 */
async function app (fastify: FastifyInstance, { config, store: given, placements = [], screens: screenFolders = [], views = [], departure = { isAnnounced: false } }: AppOptions) {
  const { clientId, clientSecret, oauthServers: servers, allowInsecurePortals, publicUrl } = config
  const keyRing = createKeyRing(config.appSecret)
  const store = given ?? await openStore({ url: config.databaseUrl, keyRing, log: fastify.log })
  fastify.addHook('onClose', () => store.close())
  fastify.decorate('departure', departure)
  fastify.decorate('appCode', config.appCode)
  fastify.decorate('callShapeOptions', { allowInsecurePortals })
  if (allowInsecurePortals !== false) {
    fastify.log.warn({ portals: allowInsecurePortals === true ? 'all' : allowInsecurePortals }, 'ALLOW_INSECURE_PORTALS lets these portals have plain http and private addresses')
  }
  fastify.decorate('apiKeys', createApiKeys(config.linksApiKeys))

  await fastify.register(callLog, { fields: callFields })
  await fastify.register(refusals)
  await fastify.register(frameAncestors)

  // Who is calling, what they sent, who answers.
  await fastify.register(authToken, {
    clientId,
    clientSecret,
    servers,
    allowInsecurePortals,
    applicationToken: config.applicationToken,
    portals: { find: memberId => store.get(memberId), record: portal => store.recordPortal(portal, Date.now()) }
  })
  store.onUninstalled(memberId => { fastify.authToken.forget(memberId) })
  await fastify.register(tokens, { store, clientId, servers })
  await fastify.register(portalRest, { record: portal => store.recordPortal(portal, Date.now()), allowInsecurePortals })
  await fastify.register(portalAdmin)
  await fastify.register(placementOptions)
  await fastify.register(placementDispatch)
  await fastify.register(linkOpenings, { store: store.openings, retentionDays: config.linkOpeningsDays })
  await fastify.register(screens, {
    appCode: config.appCode,
    keys: keyRing.derive('links').map(({ key }) => key),
    opened: opening => { fastify.linkOpenings.count(opening) }
  })

  await fastify.register(pageSession, { clientId, keys: keyRing.derive('page-session').map(({ key }) => key) })
  await fastify.register(page, {
    views,
    meta: async ({ placement, authToken, isPortalAdmin: isAdmin }): Promise<Record<string, string>> => placement === null || authToken === null
      ? {}
      : {
          'page-session': await fastify.createPageSession({
            memberId: authToken.memberId, userId: authToken.userId, domain: authToken.domain, placement: placement.code, lang: placement.lang, isAdmin
          }, authToken.expiresAt)
        }
  })
  const isInstalled = async (memberId: string) => (await store.get(memberId))?.uninstalledAt === null
  await fastify.register(documents, { origins: config.documentOrigins, keys: keyRing.derive('documents').map(({ key }) => key), isInstalled })
  await fastify.register(approvals, { store: store.approvals, keys: keyRing.derive('approvals').map(({ key }) => key), isInstalled, path: '/approvals' })
  await fastify.register(installation, { store, publicUrl, handlerPath: '/placement', eventsPath: '/events', servers })
  await fastify.register(lifecycleEvents)
  await fastify.register(openapi, {
    title: 'Links to screens',
    url: publicUrl,
    bodyOf: path => path === '/api/links' ? describedLinkRequest(fastify.screens()) : undefined
  })

  const routes = join(import.meta.dirname, '../routes')
  for (const dir of [routes, ...placements, ...screenFolders]) {
    // No file hides the others in its folder, whatever it is called.
    await fastify.register(autoload, { dir, dirNameRoutePrefix: false, forceESM: true, indexPattern: /^$/ })
  }
  fastify.addHook('onReady', async () => {
    refuseSilentFiles(fastify.placements(), [join(routes, 'placements'), ...placements], PlacementSilentError)
    refuseSilentFiles(fastify.screens(), [join(routes, 'screens'), ...screenFolders], ScreenSilentError)
  })
}

/** A file without a default export would be passed over without a word, and its widget would not be there. */
function refuseSilentFiles (declared: ReadonlyArray<{ source: string }>, folders: readonly string[], Refusal: new (file: string) => Error): void {
  const sources = new Set(declared.map(({ source }) => basename(source)))
  const silent = folders.flatMap(folder => readdirSync(folder)).find(file => /(?<!\.d)\.[jt]s$/.test(file) && !sources.has(file))
  if (silent !== undefined) throw new Refusal(silent)
}

export default fp(app, { fastify: '5.x', name: 'fastify-bitrix24' })
