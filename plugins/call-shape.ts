import formbody from '@fastify/formbody'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { LRUCache } from 'lru-cache'
import { DomainError, FieldRepeatedError } from '../src/errors.ts'
import { frameField, isPrivateHost, portalOrigin } from '../src/frame.ts'
import { allowsInsecure, type InsecurePortals } from '../src/insecure-portals.ts'

export interface CallShapeOptions {
  /** Who sends the calls: a portal's frame, which names a DOMAIN; the queue server, which sends events; or either. Default 'frame' */
  sender?: 'frame' | 'queue' | 'either'
  /** Bytes of a body at most. Default 128 KiB: the settings of a robot can be large */
  bodyLimit?: number
  /** Lets portals with private addresses through: all, or those hosts. Default false */
  allowInsecurePortals?: InsecurePortals
}

/**
 * Rung 1 of the ladder of trust, for the scope it is registered in: forms only, of limited size, no field twice, and a DOMAIN
 * that can be the address of a portal. Also remembers that address, so that even a refusal can be framed by the portal.
 */
async function callShape (fastify: FastifyInstance, { sender = 'frame', bodyLimit = 128 * 1024, allowInsecurePortals = false }: CallShapeOptions) {
  fastify.removeAllContentTypeParsers()
  await fastify.register(formbody, { bodyLimit })

  // Reading an address costs more than looking it up, and each portal has one.
  const known = new LRUCache<string, PostedAddress>({ max: 1000 })
  function postedAddress (request: FastifyRequest): PostedAddress {
    const domain = frameField(request, 'DOMAIN')
    if (domain === undefined) return noAddress
    const key = `${frameField(request, 'PROTOCOL')} ${domain}`
    const address = known.get(key) ?? readAddress(domain, frameField(request, 'PROTOCOL'))
    if (address !== noAddress) known.set(key, address)
    return address
  }

  // The query is there before the body, and a body may be refused before it is read.
  fastify.addHook('onRequest', (request, reply, done) => {
    request.frameOrigin = postedAddress(request).origin
    done()
  })
  fastify.addHook('preValidation', (request, reply, done) => {
    // Pages for people who come by GET carry no call.
    if (request.method !== 'POST') return done()
    if (hasRepeatedField(request)) return done(new FieldRepeatedError())
    // An event names no page to frame.
    if (sender === 'queue' || (sender === 'either' && isForm(request.body) && 'event' in request.body)) return done()
    const { origin, isPrivate } = postedAddress(request)
    request.frameOrigin = origin
    done(origin === null || (isPrivate && !allowsInsecure(allowInsecurePortals, new URL(origin))) ? new DomainError() : undefined)
  })
}

interface PostedAddress { origin: string | null, isPrivate: boolean }
const noAddress: PostedAddress = { origin: null, isPrivate: true }

function readAddress (domain: string, protocol: string | undefined): PostedAddress {
  const origin = portalOrigin(domain, protocol)
  return origin === undefined ? noAddress : { origin, isPrivate: isPrivateHost(new URL(origin).hostname) }
}

const isForm = (body: unknown): body is Record<string, unknown> => typeof body === 'object' && body !== null

const portalFields = ['DOMAIN', 'PROTOCOL', 'LANG', 'APP_SID']

/** Which of two values counts would depend on who reads them. */
function hasRepeatedField ({ query, body }: FastifyRequest): boolean {
  const first = query as Record<string, unknown> // Fastify's parser makes an object of any query string
  const second = isForm(body) ? body : {}
  for (const name in first) if (Array.isArray(first[name])) return true
  for (const name in second) if (Array.isArray(second[name])) return true
  return portalFields.some(name => name in first && name in second)
}

export default fp(callShape, { fastify: '5.x', name: 'b24-call-shape', decorators: { request: ['frameOrigin'] } })
