import { isAbsolute } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { RouteDuplicatedError } from '../errors.ts'

/** Has the error of two routes at one address name the files that declare them: Fastify's names the address only. */
export function nameDuplicates (fastify: FastifyInstance): void {
  const sources = new Map<string, string>()
  fastify.addHook('onRoute', function (this: FastifyInstance, { method, url, constraints = {} }) {
    // Fastify adds HEAD by itself, and takes it back for one that is declared.
    for (const verb of [method].flat().filter(verb => verb !== 'HEAD')) {
      const route = `${verb} ${url}`
      const source = sourceOf(this)
      if (fastify.hasRoute({ method: verb, url, constraints })) {
        throw new RouteDuplicatedError(route, sources.get(route) ?? 'the service', source)
      }
      sources.set(route, source)
    }
  })
}

/** The file whose plugin runs: plugins of an application are called by their files, those within them are not. */
function sourceOf (instance: FastifyInstance): string {
  for (let scope = instance; 'pluginName' in scope; scope = Object.getPrototypeOf(scope)) {
    const file = scope.pluginName.split(' -> ').findLast(isAbsolute)
    if (file !== undefined) return file
  }
  return 'the service'
}
