import fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { pages } from './pages/index.ts'
import type { Portal } from './portal.ts'
import { acceptBodies } from './request-params.ts'
import { rest } from './rest/index.ts'

/** HTTP of one portal: REST and the pages that people see. */
export function portalServer (portal: Portal): FastifyInstance {
  const app = fastify({ forceCloseConnections: true })
  acceptBodies(app)
  rest(app, portal)
  pages(app, portal)
  return app
}
