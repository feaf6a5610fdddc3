import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify'
import fp from 'fastify-plugin'
import { checkOptions, rule } from '../../src/schemas/plugin-options.ts'

export interface OpenapiOptions {
  title: string
  /** Address of the service, without a trailing slash */
  url: string
  /** Path at which the description is served */
  path: string
}

type DescribeSchema = (schema: FastifySchema) => FastifySchema

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The schema that the OpenAPI document shows, where it is not the one by which requests are validated. */
    describedSchema?: DescribeSchema
  }
}

/** Serves the OpenAPI document of the routes that have a tag, and are registered after it, from their schemas. */
async function openapi (fastify: FastifyInstance, options: OpenapiOptions) {
  checkOptions('openapi', options, { title: rule.text, url: rule.address, path: rule.slashPath })
  const { title, url, path } = options
  const routes: RouteOptions[] = []
  fastify.addHook('onRoute', route => { routes.push(route) })
  const describeRoutes = async () => (await import('./describe.ts')).describe(routes, { title, url })
  // Once, as anybody can ask; again after a failure.
  let description: ReturnType<typeof describeRoutes> | undefined
  const describe = async () => await (description ??= describeRoutes().catch(error => {
    description = undefined
    throw error
  }))
  fastify.get(path, { config: { isForAnybody: true } }, describe)
}

export default fp(openapi, { fastify: '5.x', name: 'b24-openapi' })
