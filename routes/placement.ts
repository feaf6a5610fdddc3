import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import formGuard from '../plugins/form-guard/index.ts'
import { frameLang } from '../src/http/frame.ts'
import { PlacementBodySchema, PlacementQuerySchema } from '../src/schemas/placement.ts'

/** Every widget call enters here, is proven, decoded and handed to the handler of its PLACEMENT. */
const placement: FastifyPluginAsyncTypebox = async (fastify) => {
  await fastify.register(formGuard, { allowInsecurePortals: fastify.config.allowInsecurePortals })
  fastify.setErrorHandler(fastify.errorPage)

  fastify.post('/placement', {
    schema: { querystring: PlacementQuerySchema, body: PlacementBodySchema }
  }, async (request, reply) => {
    const { body } = request
    const caller = await fastify.authToken.verify(request, body)
    request.frameAncestor = caller.origin
    await fastify.limitRate(caller.memberId, caller.userId)
    await fastify.portalHosts.allow(request, caller)
    // Delays nothing, and is taken only when something is wrong with the tokens of the installation.
    const isAdmin = () => fastify.portalRest.isAdmin(request)
    fastify.tokens.recover({ call: caller, refreshToken: body.REFRESH_ID ?? '', isAdmin })
    const { options, uri } = fastify.decodePlacementOptions(body.PLACEMENT_OPTIONS, caller.origin)
    return await fastify.placements.dispatch({
      code: body.PLACEMENT,
      options,
      uri,
      portal: { memberId: caller.memberId, domain: caller.domain, origin: caller.origin, endpoint: caller.clientEndpoint, scope: caller.scope, status: caller.status },
      user: { id: caller.userId },
      rest: fastify.portalRest.ofUser(request),
      lang: frameLang(request)
    }, request, reply)
  })

  // Crawlers, link previews and the placement BI_ANALYTICS_MENU come by GET and carry nothing.
  fastify.get('/placement', (request, reply) => reply.page('outside'))
}
export default placement
