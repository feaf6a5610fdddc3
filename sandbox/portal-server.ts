import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import fastify from 'fastify'
import type { FastifyError, FastifyInstance } from 'fastify'
import { guardHost } from './host-guard.ts'
import { HOST } from './listen.ts'
import { pages } from './pages/index.ts'
import { refuse, refuseFailed, refuseUnknown } from './pages/refusals.ts'
import type { Refusal } from './pages/refusals.ts'
import { screenOf } from './pages/screen.ts'
import type { Screen } from './pages/screen.ts'
import { viewerOf } from './pages/viewer.ts'
import { panel } from './panel/index.ts'
import { photos } from './photos.ts'
import type { Portal } from './portal.ts'
import { acceptBodies, pathOf } from './request-params.ts'
import { publicLinks } from './rest/disk/public-link.ts'
import { rest } from './rest/index.ts'
import { register } from './rest/people/kept-people.ts'

const FOREIGN: Refusal = {
  status: 403,
  code: 'wrong_origin',
  title: 'Access denied',
  sentence: 'Another site sent this. Only pages of this portal may change something here.'
}
const READING = ['GET', 'HEAD', 'OPTIONS']

/** Refuses changes that pages of others ask for. REST is open to them: it asks for a token. */
function guardOrigin (app: FastifyInstance, screen: Screen): void {
  app.addHook('onRequest', async (request, reply) => {
    const { host, method, headers: { origin } } = request
    if (READING.includes(method) || origin === undefined || origin === `http://${host}` ||
      pathOf(request).startsWith('/rest/')) {
      return
    }
    return refuse(screen, request, reply, FOREIGN)
  })
}

/**
 * While the portal is renamed, its other address leads to the one that counts. What its own scripts ask for is at both.
 */
function followRename (app: FastifyInstance, portal: Portal): void {
  let second: Promise<string> | undefined
  const server = createServer(app.routing)

  portal.openSecondAddress = () => {
    second ??= (async () => {
      server.listen(0, HOST)
      await once(server, 'listening')
      // A listening TCP server has such an address.
      return `http://localhost:${(server.address() as AddressInfo).port}`
    })()
    return second
  }

  app.addHook('onClose', async () => {
    server.closeAllConnections()
    server.close()
  })

  app.addHook('onRequest', async (request, reply) => {
    const { port } = new URL(portal.url)
    if (port === String(request.socket.localPort) || /^\/sandbox\/(?:api|frame)\//.test(pathOf(request))) return
    return reply.redirect(`http://${request.hostname}:${port}${request.url}`)
  })
}

/** HTTP of one portal: REST, the pages that people see, and the panel of the sandbox. */
export function portalServer (portal: Portal): FastifyInstance {
  const screen = screenOf(portal)
  const app = fastify({
    forceCloseConnections: true,
    // Clients put a slash behind that of client_endpoint; portals do not mind.
    rewriteUrl: ({ url = '/' }) => url.replace(/^\/rest\/{2,}/, '/rest/'),
    frameworkErrors: (error, request, reply) => { refuseFailed(screen, error, request, reply) }
  })
  app.setErrorHandler<FastifyError>((error, request, reply) => refuseFailed(screen, error, request, reply))
  app.setNotFoundHandler((request, reply) => refuseUnknown(screen, request, reply))
  guardHost(app)
  guardOrigin(app, screen)
  followRename(app, portal)
  acceptBodies(app)
  // Whoever was invited has registered with the first page.
  app.addHook('preHandler', async request => {
    if (!pathOf(request).startsWith('/rest/')) register(portal, viewerOf(portal, request).user)
  })
  rest(app, portal)
  photos(app, portal)
  publicLinks(app, portal)
  pages(app, screen)
  panel(app, screen)
  return app
}
