import swagger from '@fastify/swagger'
import type { TSchema } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'

export interface OpenapiOptions {
  title: string
  /** Address of the service, without a trailing slash */
  url: string
  /** The body of a route as it is to be described, where its schema says less than is known when the description is read */
  bodyOf?: (path: string) => TSchema | undefined
}

/** A description of the routes that have a tag, made from their schemas: `fastify.swagger()`. Registered before the routes. */
async function openapi (fastify: FastifyInstance, { title, url: server, bodyOf = () => undefined }: OpenapiOptions) {
  await fastify.register(swagger, {
    hideUntagged: true,
    transform ({ schema, url }) {
      const body = bodyOf(url)
      return { schema: body === undefined ? schema : { ...schema, body }, url }
    },
    openapi: {
      openapi: '3.1.0',
      info: { title, version: '1' },
      servers: [{ url: server }],
      components: {
        securitySchemes: {
          session: { type: 'http', scheme: 'bearer', description: 'The page session, from <meta name="page-session"> of a page of this service' },
          apiKey: { type: 'http', scheme: 'bearer', description: 'A key whose SHA-256 is listed in LINKS_API_KEYS' }
        }
      }
    }
  })
}

export default fp(openapi, { fastify: '5.x', name: 'b24-openapi' })
