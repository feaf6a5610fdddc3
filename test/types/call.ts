// Compiled by `npm run typecheck`, never run: what a route of one's own gets from the schemas of the package.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { EventSchema, PlacementBodySchema, PlacementQuerySchema } from '../../src/index.ts'
import { same } from './same.ts'

export const routes: FastifyPluginAsyncTypebox = async (fastify) => {
  const schema = { querystring: PlacementQuerySchema, body: PlacementBodySchema }
  fastify.post('/my/placement', { schema }, async ({ body, query }) => {
    same<typeof body.PLACEMENT, string>(true)
    same<typeof body.member_id, string>(true)
    same<typeof body.AUTH_ID, string | undefined>(true)
    same<typeof body.AUTH_EXPIRES, string | undefined>(true)
    same<typeof query.DOMAIN, string | undefined>(true)
    // @ts-expect-error portals before 2026 send none
    body.APPLICATION_TOKEN.toString()
    // @ts-expect-error no such field
    body.PLACEMENT_OPTION?.toString()
    // @ts-expect-error the query holds no token
    query.AUTH_ID?.toString()
  })

  fastify.post('/my/events', { schema: { body: EventSchema } }, async ({ body }) => {
    same<typeof body.event, string>(true)
    same<(typeof body)['auth[application_token]'], string | undefined>(true)
    // @ts-expect-error names have their brackets
    body.auth?.toString()
  })
}
