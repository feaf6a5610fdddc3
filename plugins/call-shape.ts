import formbody from '@fastify/formbody'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { DomainError, FieldRepeatedError } from '../src/errors.ts'
import { frameField, isPrivateHost, portalOrigin } from '../src/frame.ts'

export interface CallShapeOptions {
  /** Whether the calls come from a portal's frame and so name a DOMAIN. Default true; false for events */
  framed?: boolean
  /** Bytes of a body at most. Default 128 KiB: the settings of a robot can be large */
  bodyLimit?: number
  /** Lets portals with private addresses through. Default false */
  allowInsecurePortals?: boolean
}

/**
 * Rung 1 of the ladder of trust, for the scope it is registered in: forms only, of limited size, no field twice, and a DOMAIN
 * that can be the address of a portal. Also remembers that address, so that even a refusal can be framed by the portal.
 */
async function callShape (fastify: FastifyInstance, { framed = true, bodyLimit = 128 * 1024, allowInsecurePortals = false }: CallShapeOptions) {
  fastify.removeAllContentTypeParsers()
  await fastify.register(formbody, { bodyLimit })

  // The query is there before the body, and a body may be refused before it is read.
  fastify.addHook('onRequest', async request => { request.frameOrigin = postedOrigin(request) })
  fastify.addHook('preValidation', async request => {
    // Pages for people who come by GET carry no call.
    if (request.method !== 'POST') return
    refuseRepeatedFields(request)
    // An event comes from a server and names no page to frame; one may come to the address of the installation page too.
    if (!framed || (isForm(request.body) && 'event' in request.body)) return
    request.frameOrigin = postedOrigin(request)
    const host = request.frameOrigin === null ? undefined : new URL(request.frameOrigin).hostname
    if (host === undefined || (isPrivateHost(host) && !allowInsecurePortals)) throw new DomainError()
  })
}

const isForm = (body: unknown): body is Record<string, unknown> => typeof body === 'object' && body !== null

function postedOrigin (request: FastifyRequest): string | null {
  const domain = frameField(request, 'DOMAIN')
  return domain === undefined ? null : portalOrigin(domain, frameField(request, 'PROTOCOL')) ?? null
}

/** Which of two values counts would depend on who reads them. */
function refuseRepeatedFields ({ query, body }: FastifyRequest): void {
  const halves = [query, body].filter(isForm)
  const [first = {}, second = {}] = halves
  const repeated = halves.some(half => Object.values(half).some(Array.isArray))
  if (repeated || ['DOMAIN', 'PROTOCOL', 'LANG', 'APP_SID'].some(name => name in first && name in second)) throw new FieldRepeatedError()
}

export default fp(callShape, { fastify: '5.x', name: 'b24-call-shape', decorators: { request: ['frameOrigin'] } })
