import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorResponses } from '../../src/schemas/error.ts'

const SessionRequestSchema = Type.Object({
  authId: Type.String({ maxLength: 1024, description: "The user's access token, fresh from the frame" })
})

const SessionSchema = Type.Object({
  session: Type.String({ description: 'Takes the place of the session that was sent' }),
  expiresIn: Type.Integer({ description: 'Seconds' })
})

/** Keeps a page going that stays open for longer than its session. */
const session: FastifyPluginAsyncTypebox = async (fastify) => {
  fastify.removeContentTypeParser('text/plain') // what `fetch` calls a body whose type nobody has named
  fastify.post('/session', {
    bodyLimit: 4096,
    schema: {
      tags: ['page'],
      summary: 'Exchanges the session of a page, which may have ended within the last 24 hours, for a new one',
      security: [{ session: [] }],
      body: SessionRequestSchema,
      response: { 200: SessionSchema, ...errorResponses(400, 401, 403, 413, 415, 429, 502, 503) }
    }
  }, async (request) => {
    const session = await fastify.pageTokens.verifyEnded(request)
    const call = await fastify.authToken.verifyUserOf(session, request.body.authId, request.ip)
    request.verifiedCall = call
    // The authorization server may not know yet that a user was removed, or is no longer an administrator.
    const profile = await fastify.portalRest.ofUser(request).call<{ ADMIN?: unknown } | null>('profile')
    const { domain, installedAt, expiresAt } = call
    const next = { ...session, domain, installedAt, isAdmin: profile?.ADMIN === true }
    return await fastify.pageTokens.refreshSession(next, expiresAt)
  })
}
export default session
