import Fastify, { type FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import app from '../app.ts'
import type { AppOptions } from '../app-options.ts'
import type { Config } from '../config.ts'
import { createKeyRing } from '../crypto/keys.ts'
import { serverOptions } from '../server-options.ts'
import { openStore, type Store } from '../store/open-store.ts'

/** The service in this process, on an empty store in memory: it says what is declared, and what it would answer. */
export interface Assembled { fastify: FastifyInstance, store: Store, close: () => Promise<void> }

/** @throws whatever a file of the application throws while it is loaded */
export async function assemble (config: Config, options: Partial<AppOptions> = {}): Promise<Assembled> {
  const store = await openStore({ url: 'sqlite::memory:', keyRing: createKeyRing(config.appSecret) })
  const fastify = Fastify({ ...serverOptions(config), logger: false })
  const close = async () => { await fastify.close() }
  try {
    // Its decorators are asked from outside.
    await fastify.register(fp((scope: FastifyInstance, options: AppOptions) => app(scope, options)), { ...options, config, store, checksClient: false })
    await fastify.ready()
    return { fastify, store, close }
  } catch (error) {
    await close()
    throw error
  }
}
