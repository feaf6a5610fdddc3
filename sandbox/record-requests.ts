import type { FastifyInstance, FastifyRequest } from 'fastify'
import { pathOf, requestParams } from './request-params.ts'
import type { Party, Wire, WireEntry } from './wire.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The entry of this request on the wire; only requests of the application have one. */
    wire: WireEntry | null
  }
}

/** Puts each request of the application on the wire, and its answer beside it. */
export function recordRequests (app: FastifyInstance, state: { wire: Wire }, to: Party, isRecorded: (path: string) => boolean): void {
  app.decorateRequest('wire', null)

  app.addHook('preHandler', async request => {
    const path = pathOf(request)
    if (request.method === 'OPTIONS' || !isRecorded(path)) return
    request.wire = state.wire.record({ from: 'application', to, method: request.method, path, fields: requestParams(request) })
  })

  app.addHook('onResponse', async (request, reply) => {
    if (request.wire) state.wire.complete(request.wire, { status: reply.statusCode, ms: Math.round(reply.elapsedTime) })
  })
}

/** Tells the wire what a request was about. */
export function describeRequest (state: { wire: Wire }, request: FastifyRequest, news: Partial<Pick<WireEntry, 'name' | 'memberId' | 'outcome'>>): void {
  if (request.wire) state.wire.complete(request.wire, news)
}
