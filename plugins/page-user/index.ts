import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { PlacementContext } from '../placement-dispatch/index.ts'
import type { PortalRest } from '../portal-rest/rest-interface.ts'

/** The user whose page makes a call, as the authorization server has just confirmed them. */
export interface PageUser {
  portal: PlacementContext['portal']
  user: { id: number }
  /** The portal's REST interface, as this user */
  rest: PortalRest
  /** Interface language of the user: a code of Bitrix24 */
  lang: string
}

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * For routes that our own pages call, to act as the user: verifies the page session, and the access token that the
     * page sends as `X-B24-Auth-ID`. Sets `request.pageSession` and `request.verifiedCall`.
     *
     * @throws what `verifyPageSession` and `authToken.verifyUserOf` throw
     */
    verifyPageUser: (request: FastifyRequest) => Promise<PageUser>
  }
}

/** Routes of pages that act as the user: a session says who opened the page, an access token lets the route act. */
async function pageUser (fastify: FastifyInstance) {
  fastify.decorate('verifyPageUser', async (request: FastifyRequest): Promise<PageUser> => {
    const session = request.pageSession ?? await fastify.verifyPageSession(request)
    const { 'x-b24-auth-id': authId = '' } = request.headers
    const call = await fastify.authToken.verifyUserOf(session, String(authId), request.ip)
    request.verifiedCall = call
    const { memberId, userId, domain, origin, clientEndpoint: endpoint, scope, status } = call
    return {
      portal: { memberId, domain, origin, endpoint, scope, status },
      user: { id: userId },
      rest: fastify.portalRest.ofUser(request),
      lang: session.lang
    }
  })
}

export default fp(pageUser, {
  fastify: '5.x',
  name: 'b24-page-user',
  dependencies: ['b24-auth-token', 'b24-page-session', 'b24-portal-rest']
})
