import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { LinkUnknownError, storeUnavailable } from '../../src/errors.ts'
import { useFastifysOwnFor } from '../../src/http/fastifys-own.ts'
import { errorResponses } from '../../src/schemas/error.ts'

const Times = Type.Integer({ minimum: 0, description: 'How often' })
const Milliseconds = (description: string) =>
  Type.Integer({ description: `${description}, in milliseconds since 1970` })

const ParamsSchema = Type.Object({
  id: Type.String({ pattern: '^[\\w-]{16}$', description: 'The id of the link, as POST /api/links returned it' })
})

const LinkReportSchema = Type.Object({
  id: Type.String(),
  screen: Type.String({ description: 'Name of the screen' }),
  params: Type.Record(Type.String(), Type.Unknown(), { description: 'Parameters of the screen' }),
  total: Type.Integer({ minimum: 0, description: 'How often on all of the days together' }),
  days: Type.Array(Type.Object({
    day: Type.String({ format: 'date', description: 'In UTC' }),
    times: Times
  }), { description: 'Every day that is kept, in order, ending today' }),
  users: Type.Optional(Type.Array(Type.Object({
    userId: Type.Integer(),
    times: Times,
    firstAt: Milliseconds('The first time'),
    lastAt: Milliseconds('The last time')
  }), { description: 'Who opened it most often, 200 at most. For administrators of the portal only' }))
}, { description: 'The visits of a link' })

/** How often a link was opened, on the portal of the page that asks. */
const visitsRoute: FastifyPluginAsyncTypebox = async (fastify) => {
  useFastifysOwnFor(fastify)
  fastify.get('/api/links/:id/visits', {
    // Authenticate before validating.
    onRequest: async (request) => { await fastify.verifyPageSession(request) },
    schema: {
      tags: ['links'],
      summary: 'How often a link was opened, and by whom. For administrators, and for those who have opened it',
      security: [{ session: [] }],
      params: ParamsSchema,
      response: { 200: LinkReportSchema, ...errorResponses(400, 401, 404, 429, 503) }
    }
  }, async ({ pageSession, params }) => {
    const viewer = pageSession as NonNullable<typeof pageSession> // set by the hook
    const report = await fastify.links.visits.report(viewer.memberId, params.id, viewer).catch(storeUnavailable)
    if (report === undefined) throw new LinkUnknownError()
    return report
  })
}
export default visitsRoute
