import type { FastifyInstance, FastifyRequest } from 'fastify'
import { pathOf, requestParams } from './request-params.ts'
import type { Party, Wire, WireEntry } from './wire.ts'

/**
 * The entry of each request of the application on the wire. No property of the request: it would show in the types of
 * whoever imports the sandbox.
 */
const entries = new WeakMap<FastifyRequest, WireEntry>()

function complete (wire: Wire, request: FastifyRequest, news: Parameters<Wire['complete']>[1]): void {
  const entry = entries.get(request)
  if (entry) wire.complete(entry, news)
}

/** Puts each request of the application on the wire, and its answer beside it. */
export function recordRequests (
  app: FastifyInstance, { wire }: { wire: Wire }, to: Party, isRecorded: (path: string) => boolean
): void {
  const record = (request: FastifyRequest): void => {
    const path = pathOf(request)
    if (request.method === 'OPTIONS' || !isRecorded(path)) return
    entries.set(
      request, wire.record({ from: 'application', to, method: request.method, path, fields: requestParams(request) })
    )
  }

  app.addHook('preHandler', async request => record(request))

  app.addHook('onResponse', async (request, reply) => {
    // What was answered before there was a body: redirected, of an unknown type.
    if (!entries.has(request)) record(request)
    complete(wire, request, { status: reply.statusCode, ms: Math.round(reply.elapsedTime) })
  })
}

/** Tells the wire what a request was about. */
export function describeRequest (
  state: { wire: Wire }, request: FastifyRequest, news: Partial<Pick<WireEntry, 'name' | 'memberId' | 'outcome'>>
): void {
  complete(state.wire, request, news)
}
