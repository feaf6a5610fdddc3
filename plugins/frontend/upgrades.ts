import type { Server } from 'node:http'

const protocols = ['vite-hmr', 'vite-ping']

interface Upgrades {
  /** The path of PUBLIC_URL */
  base: string
  /** How many listeners of upgrades the server had before Vite added its own */
  before: number
}

/**
 * Leads the upgrades of the hot reload to Vite, and ends those that nobody takes, whose sockets Node leaves open. Where
 * the host has a listener, or gets one, the others are the host's to answer.
 */
export function handleUpgrades (server: Server, { base, before }: Upgrades): void {
  const own = server.listenerCount('upgrade') - before + 1
  server.prependListener('upgrade', (request, socket) => {
    const url = String(request.url)
    // A proxy may take the path of PUBLIC_URL off; Vite knows its own address only.
    const full = url.startsWith('/ui/') ? base + url : url
    const [path] = full.split('?')
    if (path === `${base}/ui/` && protocols.includes(String(request.headers['sec-websocket-protocol']))) {
      request.url = full
    } else if (server.listenerCount('upgrade') === own) {
      socket.on('error', socket.destroy).on('finish', socket.destroy)
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    }
  })
}
