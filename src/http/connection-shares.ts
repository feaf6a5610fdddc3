import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { BaseLogger } from 'pino'
import { clientNetwork } from './client-address.ts'

interface ConnectionSharesOptions {
  /** Whether an address is one of our proxies */
  isTrusted: (address: string) => boolean
  log: Pick<BaseLogger, 'warn'>
  /** So many connections in all are no danger yet. Default 1500, of the 2000 that the service accepts */
  plenty?: number
  /** Beyond that, a client keeps so many that wait for it. Default 100 */
  share?: number
}

interface Exchange { request: IncomingMessage, response: ServerResponse }

// Milliseconds. A look at two thousand connections takes one or two.
const pause = 100

/**
 * Keeps a client from using up the connections by sending or reading slowly or not at all. When most of them are taken,
 * those that wait for a client with many of them are closed, the oldest first; what we are still working on goes on.
 */
export function shareConnections (server: Server, options: ConnectionSharesOptions): void {
  const { isTrusted, log, plenty = 1500, share = 100 } = options
  // In the order in which they came, with their latest request
  const open = new Map<Socket, Exchange | undefined>()
  let hasLooked = false

  /** Whom a connection waits for; undefined: for us, or for a proxy that keeps it for what comes next. */
  function waitsFor (socket: Socket, exchange: Exchange | undefined): string | undefined {
    const peer = String(socket.remoteAddress)
    // A request may be answered before it has come to its end.
    if (exchange === undefined || (exchange.request.complete && exchange.response.writableFinished)) {
      return isTrusted(peer) ? undefined : clientNetwork(peer)
    }
    const { request, response } = exchange
    if (request.complete && !response.writableEnded && !response.writableNeedDrain) return undefined
    const { 'x-forwarded-for': forwarded = [] } = request.headers
    const path = [peer, ...String(forwarded).split(',').map(address => address.trim()).filter(Boolean).reverse()]
    return clientNetwork(path.find(address => !isTrusted(address)) ?? peer)
  }

  function look (): void {
    hasLooked = true
    setTimeout(() => { hasLooked = false }, pause).unref()
    const clients = Map.groupBy(open, ([socket, exchange]) => waitsFor(socket, exchange))
    clients.delete(undefined)
    let closed = 0
    for (const connections of clients.values()) {
      for (const [socket] of connections.slice(0, -share)) {
        socket.destroy()
        closed++
      }
    }
    if (closed > 0) log.warn({ closed }, 'connections that clients kept waiting were closed: nearly all were taken')
  }

  server.on('connection', socket => {
    open.set(socket, undefined)
    socket.once('close', () => open.delete(socket))
    if (open.size > plenty && !hasLooked) look()
  })
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (open.has(request.socket)) open.set(request.socket, { request, response })
  })
}
