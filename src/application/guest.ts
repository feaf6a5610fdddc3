import type { FastifyInstance, FastifySchema } from 'fastify'
import { HostDecoratorError, HostRouteError } from '../errors.ts'
import { ownCompilers, useFastifysOwn } from '../http/fastifys-own.ts'
import { basePath, prefixOf } from '../http/urls.ts'

/**
 * Gives a scope what Fastify begins with, whatever its host has set for its own routes, and keeps our routes out of
 * the host's documentation.
 *
 * @param publicUrl PUBLIC_URL
 * @throws {HostDecoratorError}, {HostRouteError} for what the host and the app cannot both have
 */
export function beGuest (fastify: FastifyInstance, publicUrl: string): void {
  refuseTakenNames(fastify)
  const prefix = prefixOf(fastify)
  if (!basePath(publicUrl).endsWith(prefix)) {
    fastify.log.warn(`app: PUBLIC_URL does not end with ${prefix}, the prefix of the app. Unless a proxy ` +
      'changes paths, its pages will look for their files at wrong addresses')
  }
  useFastifysOwn(fastify)
  const useOwn = ownCompilers(fastify)
  useOwn(fastify)
  fastify.addHook('onRegister', useOwn)

  const own = new Set<string>()
  fastify.addHook('onRoute', route => {
    for (const method of [route.method].flat()) {
      checkAddress(fastify, method, route.url, own)
      own.add(`${method} ${route.url}`)
    }
    route.config = Object.assign(route.config ?? {}, { swaggerTransform: hidden })
  })
}

/** Whether the host has no route of its own at an address of ours. */
export const isFree = (fastify: FastifyInstance, url: string): boolean =>
  !fastify.hasRoute({ method: 'GET', url: `${prefixOf(fastify)}${url}` })

/** Fastify lets a scope have decorators of the instance that its host has, too, but none of requests and replies. */
function refuseTakenNames (fastify: FastifyInstance): void {
  // None where the app has no scope of its own, with fastify-plugin around it: then Fastify itself refuses.
  const host: Partial<FastifyInstance> = Object.getPrototypeOf(fastify)
  const { decorateRequest, decorateReply } = fastify
  Object.assign(fastify, {
    decorateRequest (this: FastifyInstance, name: string, ...more: unknown[]): FastifyInstance {
      if (host.hasRequestDecorator?.(name) === true) throw new HostDecoratorError(`request.${name}`)
      return Reflect.apply(decorateRequest, this, [name, ...more])
    },
    decorateReply (this: FastifyInstance, name: string, ...more: unknown[]): FastifyInstance {
      if (host.hasReplyDecorator?.(name) === true) throw new HostDecoratorError(`reply.${name}`)
      return Reflect.apply(decorateReply, this, [name, ...more])
    }
  })
}

function checkAddress (fastify: FastifyInstance, method: string, url: string, own: ReadonlySet<string>): void {
  // Fastify itself reports two routes of ours at one address.
  if (!own.has(`${method} ${url}`) && fastify.hasRoute({ method, url })) throw new HostRouteError(`${method} ${url}`)
}

/** Hides our routes from the documentation of a host with @fastify/swagger, which would list them. */
const hidden = ({ schema, url }: { schema?: FastifySchema, url: string }) =>
  ({ schema: { ...schema, hide: true }, url })
