import formbody from '@fastify/formbody'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { DomainError, FieldRepeatedError } from '../../src/errors.ts'
import { postedAddress } from '../../src/http/frame.ts'
import { allowsInsecure, type InsecurePortals } from '../../src/http/insecure-portals.ts'

export interface FormGuardOptions {
  /** Who sends the calls: a portal's frame, which names a DOMAIN; the queue server, which sends events; or either. Default 'frame' */
  sender?: 'frame' | 'queue' | 'either'
  /** Bytes of a body at most. Default 128 KiB: the settings of a robot can be large */
  bodyLimit?: number
  /** Lets portals with private addresses through: all, or those hosts. Default false */
  allowInsecurePortals?: InsecurePortals
}

/**
 * Stage 1 of the ladder of trust, for the scope it is registered in: forms only, of limited size, no field twice, and a DOMAIN
 * that can be the address of a portal. Also remembers that address, so that even a refusal can be framed by the portal.
 */
async function formGuard (fastify: FastifyInstance, { sender = 'frame', bodyLimit = 128 * 1024, allowInsecurePortals = false }: FormGuardOptions) {
  fastify.removeAllContentTypeParsers()
  await fastify.register(formbody, { bodyLimit })

  // The query is there before the body, and a body may be refused before it is read.
  fastify.addHook('onRequest', (request, reply, done) => {
    request.frameAncestor = postedAddress(request).origin
    done()
  })
  fastify.addHook('preValidation', (request, reply, done) => {
    // Pages for people who come by GET carry no call.
    if (request.method !== 'POST') return done()
    if (hasRepeatedField(request)) return done(new FieldRepeatedError())
    for (const fields of [request.query, request.body]) if (isForm(fields)) copyShortTexts(fields)
    // An event names no page to frame.
    if (sender === 'queue' || (sender === 'either' && isForm(request.body) && 'event' in request.body)) return done()
    const { origin, isPrivate } = postedAddress(request)
    request.frameAncestor = origin
    done(origin === null || (isPrivate && !allowsInsecure(allowInsecurePortals, new URL(origin))) ? new DomainError() : undefined)
  })
}

const isForm = (body: unknown): body is Record<string, unknown> => typeof body === 'object' && body !== null

/**
 * V8 keeps the whole of a text in memory as long as a part that was cut from it: a member_id that is remembered would hold its form,
 * with whatever else was posted in it. So what is short enough to be remembered is copied; V8 itself copies up to 12 characters.
 */
function copyShortTexts (fields: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string' && value.length > 12 && value.length <= 4096) fields[name] = Buffer.from(value).toString()
  }
}

const portalFields = ['DOMAIN', 'PROTOCOL', 'LANG', 'APP_SID']

/** Which of two values counts would depend on who reads them. */
function hasRepeatedField ({ query, body }: FastifyRequest): boolean {
  const first = query as Record<string, unknown> // Fastify's parser makes an object of any query string
  const second = isForm(body) ? body : {}
  for (const name in first) if (Array.isArray(first[name])) return true
  for (const name in second) if (Array.isArray(second[name])) return true
  return portalFields.some(name => name in first && name in second)
}

export default fp(formGuard, { fastify: '5.x', name: 'b24-form-guard', decorators: { request: ['frameAncestor'] } })
