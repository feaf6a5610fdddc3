import Fastify, { type FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import app from '../../../src/app.ts'
import type { AppOptions } from '../../../src/app-options.ts'
import { loadConfig } from '../../../src/config.ts'
import { createKeyRing } from '../../../src/crypto/keys.ts'
import { loggerOptions } from '../../../src/log/logger.ts'
import { serverOptions } from '../../../src/server-options.ts'
import { openStore } from '../../../src/store/open-store.ts'

// Not encapsulated, as its decorators are used from outside.
const openApp = fp((fastify: FastifyInstance, options: AppOptions) => app(fastify, options))

/**
 * Binds the placements and events of the installed portals to the address that the service has now, where they are
 * bound to another. A portal that cannot be reached keeps nobody else from it.
 */
export async function bindAgain (): Promise<void> {
  const config = loadConfig()
  const store = await openStore({ url: config.databaseUrl, keyRing: createKeyRing(config.appSecret) })
  const portals = await store.database.selectFrom('installations').select(['member_id', 'domain'])
    .where('uninstalled_at', 'is', null).where('handler_url', '!=', `${config.publicUrl}/placement`).execute()
  if (portals.length === 0) return await store.close()

  // It does not listen, and closes the store.
  const fastify = Fastify({ ...serverOptions(config), logger: loggerOptions('error') })
  await fastify.register(openApp, { config, store, checksClient: false })
  await fastify.ready()
  for (const { member_id: memberId, domain } of portals) {
    try {
      await fastify.installations.rebind(memberId, fastify.portal(memberId).adminRest)
      console.log(`${domain} is bound to the new address.`)
    } catch (error) {
      // Nothing else is thrown.
      const { message } = error as Error
      console.error(`${domain} could not be bound to the new address: ${message}. Change the card of the ` +
        'application, then install it there again.')
    }
  }
  await fastify.close()
}
