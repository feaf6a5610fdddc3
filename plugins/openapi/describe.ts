// Loaded when somebody asks for the description: @fastify/swagger is large.
import swagger from '@fastify/swagger'
import Fastify, { type RouteOptions } from 'fastify'
import type { OpenapiOptions } from './index.ts'

/** The OpenAPI document of those routes that have a tag. */
export async function describe (routes: readonly RouteOptions[], { title, url: server }: Omit<OpenapiOptions, 'path'>) {
  const app = Fastify({ exposeHeadRoutes: false })
  await app.register(swagger, {
    hideUntagged: true,
    openapi: {
      openapi: '3.1.0',
      info: { title, version: '1' },
      servers: [{ url: server }],
      components: {
        securitySchemes: {
          session: {
            type: 'http',
            scheme: 'bearer',
            description: 'The page session, from <meta name="page-session"> of a page of this service'
          },
          apiKey: { type: 'http', scheme: 'bearer', description: 'A key whose SHA-256 is listed in LINKS_API_KEYS' }
        }
      }
    }
  })
  // The instance describes the routes, and serves none: nothing is compiled.
  app.setValidatorCompiler(() => Boolean).setSerializerCompiler(() => JSON.stringify)
  for (const { method, url, schema = {}, config, handler } of routes) {
    if (method === 'HEAD') continue
    app.route({ method, url, schema: config?.describedSchema?.(schema) ?? schema, handler })
  }
  await app.ready()
  return app.swagger()
}
