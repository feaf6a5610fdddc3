import { Server, type IncomingMessage } from 'node:http'

const protocols = ['vite-hmr', 'vite-ping']

/**
 * Makes a server that gets the upgrades of the hot reload and nothing else. Each listener of a server gets all of its
 * upgrades, and some answer all, as that of @fastify/websocket does: two answers would break the connection.
 *
 * @param server of the service, or of its host
 * @param base the path of PUBLIC_URL
 */
export function createUpgradeServer (server: Server, base: string): Server {
  const vite = new Server()
  const emit = server.emit.bind(server)
  server.emit = (event: string, ...args: unknown[]) => {
    if (event !== 'upgrade') return emit(event, ...args)
    const request = args[0] as IncomingMessage // an upgrade begins with its request
    const url = String(request.url)
    // A proxy may take the path of PUBLIC_URL off; Vite knows its own address only.
    const full = url.startsWith('/ui/') ? base + url : url
    const [path] = full.split('?')
    const isForVite = path === `${base}/ui/` && protocols.includes(String(request.headers['sec-websocket-protocol']))
    // Once Vite is closed nobody listens, while its pages ask again and again whether it is back.
    if (!isForVite || vite.listenerCount('upgrade') === 0) return emit(event, ...args)
    request.url = full
    return vite.emit(event, ...args)
  }
  // Node keeps the socket of an upgrade open that nobody answers. What the host listens for is its own to answer.
  server.on('upgrade', (_request, socket) => {
    if (server.listenerCount('upgrade') > 1) return
    socket.on('error', socket.destroy).on('finish', socket.destroy)
    socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  })
  return vite
}
