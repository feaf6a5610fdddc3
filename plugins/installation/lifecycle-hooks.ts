import type { FastifyInstance } from 'fastify'
import { LifecycleHandlerError } from '../../src/errors.ts'
import type { InstalledContext, LifecycleHandler, UninstalledContext } from './call-handler.ts'
import type { LifecycleHandlers } from './lifecycle-handlers.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The handler runs after the application was installed on a portal; again until it succeeds. */
    onInstalled: (handler: (context: InstalledContext) => Promise<unknown>) => FastifyInstance
    /** The handler runs after a portal has updated the application, or installed it once more. */
    onUpdated: (handler: (context: InstalledContext) => Promise<unknown>) => FastifyInstance
    /** The handler runs after the application was uninstalled: the place to delete what is kept of a portal. */
    onUninstalled: (handler: (context: UninstalledContext) => Promise<unknown>) => FastifyInstance
  }
}

const changes = { onInstalled: 'installed', onUpdated: 'updated', onUninstalled: 'uninstalled' } as const

/** `onInstalled`, `onUpdated` and `onUninstalled`, which take handlers until the service has started. */
export function decorateHooks (fastify: FastifyInstance, handlers: LifecycleHandlers): void {
  let isStarted = false
  fastify.addHook('onReady', async () => { isStarted = true })
  for (const [hook, change] of Object.entries(changes)) {
    fastify.decorate(hook, function (this: FastifyInstance, handler: LifecycleHandler) {
      // The plugin that calls is the last in the chain of those that share a scope.
      const source = String(this.pluginName.split(' -> ').at(-1))
      if (typeof handler !== 'function') throw new LifecycleHandlerError(source, hook, 'takes a function')
      if (isStarted) throw new LifecycleHandlerError(source, hook, 'is called after the service has started')
      handlers.add(change, handler, source)
      return this
    })
  }
}
