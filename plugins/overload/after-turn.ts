import type { Server } from 'node:http'

/**
 * Runs something once the event loop has served all requests that were waiting.
 *
 * Node.js accepts one new connection in each turn of the loop; the others wait in the kernel, where nothing in the
 * process sees them. So a turn that has brought one is not the last.
 */
export function createAfterTurn (server: Server): (work: () => void) => void {
  let hasAccepted = false
  server.on('connection', () => { hasAccepted = true })
  return work => {
    function look (): void {
      if (!hasAccepted) return work()
      hasAccepted = false
      setImmediate(look)
    }
    setImmediate(look)
  }
}
