import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { InstallationStore } from '../../src/store/installation-store.ts'

export interface TombstonesOptions {
  store: Pick<InstallationStore, 'clearTombstones'>
  /** For how many days after an uninstall it is known whose portal it was. Default 90 */
  retentionDays?: number
  /** How many portals are cleared in an hour at most. Default 1000 */
  limit?: number
  /** The clock, in milliseconds since 1970. Default Date.now */
  now?: () => number
}

const hour = 3_600_000
const day = 24 * hour

/** Forgets domain, user and scope of portals that were uninstalled long ago. */
async function tombstones (fastify: FastifyInstance, options: TombstonesOptions) {
  const { store, retentionDays = 90, limit = 1000, now = Date.now } = options
  let clearing: Promise<unknown> = Promise.resolve()
  const clear = () => {
    clearing = store.clearTombstones(now() - retentionDays * day, limit)
      .catch(err => fastify.log.error({ err }, 'old tombstones cannot be cleared; it is tried again in an hour'))
  }
  const timer = setInterval(clear, hour).unref()
  fastify.addHook('onReady', async () => clear())
  fastify.addHook('onClose', async () => {
    clearInterval(timer)
    await clearing
  })
}

export default fp(tombstones, { fastify: '5.x', name: 'b24-tombstones' })
