import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'

/** The view and the texts of the screen `record`. */
async function record (fastify: FastifyInstance) {
  fastify.addPageFolder(import.meta.dirname)
}

export default fp(record, { fastify: '5.x', name: 'screen-record', decorators: { fastify: ['addPageFolder'] } })
