import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'

/** The sandbox is for this machine alone. */
export const HOST = '127.0.0.1'

/** A port of this machine that was free a moment ago. */
export async function freePort (): Promise<number> {
  const server = createServer().listen(0, HOST)
  await once(server, 'listening')
  // A listening TCP server has such an address, never a pipe's name.
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/**
 * Lets a server listen on a port, on a free one without it, and gives its address.
 *
 * @throws EADDRINUSE and the like, with a sentence that names the port
 */
export async function listen (app: FastifyInstance, port = 0): Promise<string> {
  try {
    return await app.listen({ host: HOST, port })
  } catch (error) {
    // What listen rejects with is an error of the system.
    const { code } = error as NodeJS.ErrnoException
    const message = `Port ${port} of ${HOST} cannot be used (${code}). Choose another one, or 0 for any that is free.`
    throw Object.assign(new Error(message, { cause: error }), { code, port })
  }
}
