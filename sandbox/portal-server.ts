import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { HOST } from './listen.ts'
import { pages } from './pages/index.ts'
import { panel } from './panel/index.ts'
import type { Portal } from './portal.ts'
import { acceptBodies, pathOf } from './request-params.ts'
import { rest } from './rest/index.ts'

/** Names that lead to this machine. Any other name for it belongs to a page that wants to read what only people here may see. */
const LOCAL_NAME = /^(?:localhost|127\.0\.0\.1|(?:[a-z0-9-]+\.)+localhost)$/i
const READING = ['GET', 'HEAD', 'OPTIONS']

/** Refuses requests under foreign names, and changes to the sandbox that pages of others ask for. */
function guard (app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    const { host, hostname, socket, method, headers } = request
    if (!LOCAL_NAME.test(hostname) || host !== `${hostname}:${socket.localPort}`) {
      return reply.code(421).send({ error: 'wrong_host', error_description: `The sandbox answers to localhost:${socket.localPort} and names below localhost only.` })
    }
    if (READING.includes(method) || !pathOf(request).startsWith('/sandbox/')) return
    if (headers.origin !== undefined && headers.origin !== `http://${host}`) {
      return reply.code(403).send({ error: 'wrong_origin', error_description: 'Only pages of this portal may change the sandbox.' })
    }
  })
}

/** While the portal is renamed, its other address leads to the one that counts. The sandbox's own interface is at both. */
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
    if (port === String(request.socket.localPort) || pathOf(request).startsWith('/sandbox/api/')) return
    return reply.redirect(`http://${request.hostname}:${port}${request.url}`)
  })
}

/** HTTP of one portal: REST, the pages that people see, and the panel of the sandbox. */
export function portalServer (portal: Portal): FastifyInstance {
  const app = fastify({ forceCloseConnections: true })
  guard(app)
  followRename(app, portal)
  acceptBodies(app)
  rest(app, portal)
  pages(app, portal)
  panel(app, portal)
  return app
}
