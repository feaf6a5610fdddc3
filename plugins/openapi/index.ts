import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { optionsOf } from '../../src/schemas/plugin-options.ts'

export interface OpenapiOptions {
  title: string
  /** Address of the service, without a trailing slash */
  url: string
}

/** Describes the routes that have a tag, from their schemas: `fastify.swagger()`. Registered before the routes. */
async function openapi (fastify: FastifyInstance, { title, url: server }: OpenapiOptions) {
  const must = optionsOf<OpenapiOptions>('openapi')
  must(typeof title === 'string' && title !== '', 'title', 'be a text')
  must(URL.canParse(server), 'url', 'be an address')
  await fastify.register(swagger, {
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
}

export default fp(openapi, { fastify: '5.x', name: 'b24-openapi' })
