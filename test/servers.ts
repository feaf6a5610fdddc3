// Servers that answer as a test says, and the connections of the service to portals.
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  createPortalConnections, type PortalConnections, type PortalConnectionsOptions
} from '../plugins/portal-rest/connections.ts'
import type { Scope } from './build.ts'

/**
 * A server on 127.0.0.1 that answers as the test says, closed with the test.
 *
 * @returns its origin
 */
export async function serverFor (t: Scope, answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo // a TCP server has such an address
  return `http://127.0.0.1:${port}`
}

/** A server that answers every request with this JSON. */
export const jsonServerFor = (t: Scope, status: number, json: unknown) =>
  serverFor(t, (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json))
  })

/** Connections to portals, private ones included, closed with the test. */
export function connectionsFor (t: Scope, options: PortalConnectionsOptions = {}): PortalConnections {
  const connections = createPortalConnections({ allowInsecurePortals: true, ...options })
  t.after(() => connections.close())
  return connections
}
