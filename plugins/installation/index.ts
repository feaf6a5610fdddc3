import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { someKeys } from '../../src/crypto/keys.ts'
import { createBackground } from '../../src/queues/background.ts'
import type { InstallationStore } from '../../src/store/installation-store.ts'
import { createBackgroundWorker } from './background-worker.ts'
import { createInstallations, type Installations } from './installations.ts'

export interface InstallationOptions {
  store: InstallationStore
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
  /** The clock, in milliseconds since 1970. Default Date.now */
  now?: () => number
}

declare module 'fastify' {
  interface FastifyInstance {
    installations: Installations & {
      /** Takes a portal's report that it has removed the background worker: the query of the address that it called. */
      takeWorkerError: (query: Record<string, unknown>) => void
    }
  }
}

const hour = 3_600_000
const day = 24 * hour
// Domain, user and scope of a portal are forgotten so long after it was uninstalled.
const retention = 90 * day
// Portals, so that it takes the store a moment only.
const clearedAtOnce = 1000

/** Installation, update and uninstall: from a verified call to stored tokens and bound placements. */
async function installation (fastify: FastifyInstance, options: InstallationOptions) {
  const { store, publicUrl, handlerPath, eventsPath, servers, turnTimeout = 60_000, now = Date.now } = options
  if (!/^https?:\/\/.*[^/]$/.test(publicUrl)) {
    throw new Error('installation: options.publicUrl must be an address without a trailing slash')
  }
  if (fastify.hasDecorator('addPageFolder')) fastify.addPageFolder(import.meta.dirname)
  const log = fastify.log.child({ part: 'installation' })
  const { authorizationServers, forget } = fastify.authToken
  const placements = () => fastify.placements.all()
  const addressesAt = (base: string) => ({ handler: `${base}${handlerPath}`, events: `${base}${eventsPath}` })

  const worker = createBackgroundWorker({
    url: `${publicUrl}${options.workerErrorsPath}`,
    keys: someKeys(options.keys, 'installation'),
    placements,
    rebind: memberId => installations.rebind(memberId, fastify.portal(memberId).rest),
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
    refresh: async (memberId, expired) => (await fastify.tokens.holder(memberId, expired)).tokens.accessToken,
    addressesFor: memberId => ({ ...addressesAt(publicUrl), workerErrors: worker.addressFor(memberId) }),
    formerAddresses: handlerUrl =>
      handlerUrl.endsWith(handlerPath) ? addressesAt(handlerUrl.slice(0, -handlerPath.length)) : null,
    turnTimeout,
    log,
    now
  })
  fastify.decorate('installations', { ...installations, takeWorkerError: worker.takeError })

  const background = createBackground(log)
  const clear = () => background.run('clearing old tombstones', async () => {
    await store.clearTombstones(now() - retention, clearedAtOnce)
  })
  const timer = setInterval(clear, hour).unref()
  fastify.addHook('onReady', async () => clear())
  fastify.addHook('onClose', async () => {
    clearInterval(timer)
    await Promise.all([worker.close(), background.close()])
  })
}

export default fp(installation, {
  fastify: '5.x',
  name: 'b24-installation',
  dependencies: ['b24-auth-token', 'b24-placement-dispatch', 'b24-portal-rest', 'b24-tokens']
})
