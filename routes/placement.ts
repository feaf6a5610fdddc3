import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { unverifiedCall } from '../plugins/auth-token/index.ts'
import formGuard from '../plugins/form-guard/index.ts'
import { postedFrame } from '../src/http/frame.ts'
import { PlacementBodySchema, PlacementQuerySchema } from '../src/schemas/placement.ts'

/** REST is made when a handler first asks for it: most need none. A getter in a literal costs as much as a hook. */
class Rest {
  readonly #request: FastifyRequest
  constructor (request: FastifyRequest) { this.#request = request }
  get rest () { return this.#request.server.portalRest.ofUser(this.#request) }
}

/** Every widget call enters here: it is verified, its options are decoded, and the handler of its PLACEMENT answers. */
const placement: FastifyPluginAsyncTypebox = async (fastify) => {
  await fastify.register(formGuard, { allowInsecurePortals: fastify.config.allowInsecurePortals })
  fastify.setErrorHandler(fastify.errorPages.page)

  fastify.post('/placement', {
    schema: { querystring: PlacementQuerySchema, body: PlacementBodySchema }
  }, async (request, reply) => {
    const { body } = request
    const call = request.verifiedCall = await fastify.authToken.verify(unverifiedCall(request))
    // A proof may have taken a while.
    request.throwIfOverloaded?.()
    await fastify.limitRate(call.memberId, call.userId)
    await fastify.frameAncestors.allow(request, call)
    // Done only when something is wrong with the tokens of the installation.
    const isAdmin = () => fastify.portalRest.isAdmin(request)
    fastify.tokens.recover({ call, refreshToken: body.REFRESH_ID ?? '', isAdmin, ip: request.ip })
    const { options, uri } = fastify.decodePlacementOptions(body.PLACEMENT_OPTIONS, call.origin)
    const { memberId, domain, origin, clientEndpoint: endpoint, scope, status, userId } = call
    const context = Object.assign(new Rest(request), {
      code: body.PLACEMENT,
      options,
      uri,
      portal: { memberId, domain, origin, endpoint, scope, status },
      user: { id: userId },
      lang: postedFrame(request).lang
    })
    return await fastify.placements.dispatch(context, request, reply, request.query.handler)
  })

  // Crawlers, link previews and the placement BI_ANALYTICS_MENU come by GET and carry nothing.
  fastify.get('/placement', { config: { isForAnybody: true } }, (request, reply) => reply.page('outside'))
}
export default placement
