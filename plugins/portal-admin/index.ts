import { setTimeout as wait } from 'node:timers/promises'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { VerifiedCall } from '../auth-token/verify-call.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Asks the portal, once, whether the user of a proven call is an administrator of it, and sets `request.isPortalAdmin`. */
    askPortalAdmin: (request: FastifyRequest) => Promise<boolean>
    /** Asks the portal whether the user of a proven call is an administrator of it. */
    isPortalAdmin: (caller: VerifiedCall) => Promise<boolean>
  }
  interface FastifyRequest {
    /** Whether the portal has said so; false until then */
    isPortalAdmin: boolean
  }
}

/** Milliseconds: what an administrator sees more of is not worth a longer wait. */
const PATIENCE = 2000

/** Who may see what others did. A portal that does not answer in time has not said yes. */
async function portalAdmin (fastify: FastifyInstance) {
  fastify.decorateRequest('isPortalAdmin', false)
  const asked = new WeakMap<FastifyRequest, Promise<boolean>>()

  async function isPortalAdmin (caller: VerifiedCall): Promise<boolean> {
    const asking = fastify.openPortalRest(caller).batch({ profile: { method: 'profile', params: {} } })
    const answers = await Promise.race([asking, wait(PATIENCE, undefined, { ref: false })]).catch(() => undefined)
    const profile = answers?.['profile']
    return profile !== undefined && 'ok' in profile && (profile.ok as { ADMIN?: boolean }).ADMIN === true // an object with the user's fields
  }

  async function ask (request: FastifyRequest): Promise<boolean> {
    const { verifiedCall } = request
    if (verifiedCall === null) return false
    request.isPortalAdmin = await isPortalAdmin(verifiedCall)
    return request.isPortalAdmin
  }

  fastify.decorate('isPortalAdmin', isPortalAdmin)
  fastify.decorate('askPortalAdmin', async (request) => {
    const answer = asked.get(request) ?? ask(request)
    asked.set(request, answer)
    return await answer
  })
}

export default fp(portalAdmin, { fastify: '5.x', name: 'b24-portal-admin', dependencies: ['b24-auth-token', 'b24-portal-rest'] })
