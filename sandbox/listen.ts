import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'

/** The sandbox is for this machine alone. */
export const HOST = '127.0.0.1'

/** What listening gives, or the error of the system with a sentence that names the port. */
async function withSentence<Result> (port: number, listening: () => Promise<Result>): Promise<Result> {
  try {
    return await listening()
  } catch (error) {
    // What listening rejects with is an error of the system.
    const { code } = error as NodeJS.ErrnoException
    const message = `Port ${port} of ${HOST} cannot be used (${code}). Choose another one, or 0 for any that is free.`
    throw Object.assign(new Error(message, { cause: error }), { code, port })
  }
}

/**
 * The given port of this machine, any one with 0, that was free a moment ago.
 *
 * @throws EADDRINUSE and the like, with a sentence that names the port
 */
export function freePort (wanted = 0): Promise<number> {
  return withSentence(wanted, async () => {
    const server = createServer().listen(wanted, HOST)
    await once(server, 'listening')
    // A listening TCP server has such an address, never a pipe's name.
    const { port } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    return port
  })
}

/**
 * Lets a server listen on a port, on a free one with 0, and gives its address.
 *
 * @throws EADDRINUSE and the like, with a sentence that names the port
 */
export function listen (app: FastifyInstance, port = 0): Promise<string> {
  return withSentence(port, () => app.listen({ host: HOST, port }))
}
