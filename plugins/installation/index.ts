import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { someKeys } from '../../src/crypto/keys.ts'
import { createBackground } from '../../src/queues/background.ts'
import { checkOptions, optional, rule } from '../../src/schemas/plugin-options.ts'
import type { InstallationStore } from '../../src/store/installation-store.ts'
import type { Store } from '../../src/store/open-store.ts'
import { createBackgroundWorker } from './background-worker.ts'
import { createInstallations, type Installations } from './installations.ts'
import { createLifecycleHandlers } from './lifecycle-handlers.ts'
import { decorateHooks } from './lifecycle-hooks.ts'

export interface InstallationOptions {
  store: InstallationStore & Pick<Store, 'onPortalChanged'>
  /** Address by which Bitrix24 reaches the service, without a trailing slash */
  publicUrl: string
  /** Paths below it that take widget calls, events, and reports that the background worker was removed */
  handlerPath: string
  eventsPath: string
  workerErrorsPath: string
  /** Keys for the addresses of these reports, newest first */
  keys: readonly Uint8Array[]
  /** Origins of the authorization servers that may be asked */
  servers: readonly string[]
  /** Milliseconds for a turn of a portal, and for the question whether an administrator asks. Default one minute */
  turnTimeout?: number
  /** Milliseconds since 1970. Default Date.now */
  now?: () => number
}

export type { InstalledContext, UninstalledContext } from './call-handler.ts'
// Keeps the declarations of the hooks in the types of the package.
export type {} from './lifecycle-hooks.ts'

declare module 'fastify' {
  interface FastifyInstance {
    installations: Installations & { takeWorkerError: ReturnType<typeof createBackgroundWorker>['takeError'] }
  }
}

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
// Domain, user and scope of a portal are forgotten so long after it was uninstalled.
const retention = 90 * day
// Milliseconds before a failed lifecycle handler is tried again; the last one repeats.
const handlerDelays = [15_000, minute, 5 * minute, 15 * minute, hour]
// Milliseconds between looks at lifecycle handlers that are due.
const lookInterval = 15_000
// Few, so that it takes the store a moment only.
const clearedAtOnce = 1000

/** Installation, update and uninstall: from a verified call to stored tokens and bound placements. */
async function installation (fastify: FastifyInstance, options: InstallationOptions) {
  checkOptions('installation', options, {
    store: rule.storeWith('install', 'onPortalChanged'),
    publicUrl: [
      value => typeof value === 'string' && /^https?:\/\/.*[^/]$/.test(value), 'be an address without a trailing slash'
    ],
    handlerPath: rule.slashPath,
    eventsPath: rule.slashPath,
    workerErrorsPath: rule.slashPath,
    keys: rule.keys,
    servers: rule.origins,
    turnTimeout: optional(rule.aboveZero),
    now: optional(rule.clock)
  })
  const { store, publicUrl, handlerPath, eventsPath, servers, turnTimeout = minute, now = Date.now } = options
  if (fastify.hasDecorator('pages')) fastify.pages.addFolder(import.meta.dirname)
  const log = fastify.log.child({ part: 'installation' })
  const { authorizationServers, forget } = fastify.authToken
  const placements = () => fastify.placements.all()
  const addressesAt = (base: string) => ({ handler: `${base}${handlerPath}`, events: `${base}${eventsPath}` })

  const handlers = createLifecycleHandlers({
    store,
    restOf: memberId => fastify.portal(memberId).adminRest,
    timeout: minute,
    delays: handlerDelays,
    log: fastify.log.child({ part: 'lifecycle handlers' }),
    now
  })
  decorateHooks(fastify, handlers)
  const stopListening = store.onPortalChanged(handlers.stopOvertaken)

  const worker = createBackgroundWorker({
    url: `${publicUrl}${options.workerErrorsPath}`,
    keys: someKeys(options.keys),
    placements,
    rebind: memberId => installations.rebind(memberId, fastify.portal(memberId).adminRest),
    log: fastify.log.child({ part: 'background worker' }),
    now
  })
  const installations = createInstallations({
    store,
    servers,
    authorizationServers,
    forget,
    placements,
    openRest: call => fastify.portalRest.open(call),
    tokens: fastify.tokens,
    refresh: async (memberId, expired) => (await fastify.tokens.holder(memberId, expired)).tokens.accessToken,
    addressesFor: memberId => ({ ...addressesAt(publicUrl), workerErrors: worker.addressFor(memberId) }),
    formerAddresses: handlerUrl =>
      handlerUrl.endsWith(handlerPath) ? addressesAt(handlerUrl.slice(0, -handlerPath.length)) : null,
    handlers,
    turnTimeout,
    log,
    now
  })
  fastify.decorate('installations', { ...installations, takeWorkerError: worker.takeError })

  const background = createBackground(log)
  const clear = () => background.run('clearing old tombstones', async () => {
    await store.clearTombstones(now() - retention, clearedAtOnce)
  })
  const timers = [setInterval(clear, hour).unref(), setInterval(handlers.look, lookInterval).unref()]
  fastify.addHook('onReady', async () => {
    clear()
    handlers.look()
  })
  // Plugins that are closed before this one may wait for a handler.
  fastify.addHook('preClose', async () => handlers.stop())
  fastify.addHook('onClose', async () => {
    stopListening()
    timers.forEach(clearInterval)
    await Promise.all([worker.close(), background.close(), handlers.close()])
  })
}

export default fp(installation, {
  fastify: '5.x',
  name: 'b24-installation',
  dependencies: ['b24-auth-token', 'b24-placement-dispatch', 'b24-portal-rest', 'b24-tokens']
})
