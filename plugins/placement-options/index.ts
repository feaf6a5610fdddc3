import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { decodePlacementOptions } from './decode.ts'

declare module 'fastify' {
  interface FastifyInstance { decodePlacementOptions: typeof decodePlacementOptions }
}

/** What they sent: from the JSON text in a form field to plain data. */
async function placementOptions (fastify: FastifyInstance) {
  fastify.decorate('decodePlacementOptions', decodePlacementOptions)
}

export default fp(placementOptions, { fastify: '5.x', name: 'b24-placement-options' })
