import { fileURLToPath } from 'node:url'
import { Eta } from 'eta'
import type { FastifyInstance } from 'fastify'
import { viewerOf } from '../pages/viewer.ts'
import { liveReloadApi } from '../live-reload.ts'
import type { Portal } from '../portal.ts'
import { replayApi } from './replay-api.ts'
import { switchGroups } from './switches.ts'
import { troubleApi } from './trouble-api.ts'
import { wireApi } from './wire-api.ts'

const eta = new Eta({ views: fileURLToPath(new URL('../views/panel', import.meta.url)), cache: true })

/** The panel of the sandbox: trouble on demand and a view into the wire, for people and for tests. */
export function panel (app: FastifyInstance, portal: Portal): void {
  app.get('/sandbox/panel/', (request, reply) => reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', "frame-ancestors 'self'")
    .send(eta.render('panel', { portal, viewer: viewerOf(portal, request), switchGroups })))
  troubleApi(app, portal)
  wireApi(app, portal)
  replayApi(app, portal)
  liveReloadApi(app, portal)
}
