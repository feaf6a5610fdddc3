import { once } from 'node:events'
import { createServer } from 'node:net'
import type { FastifyInstance } from 'fastify'

/** The sandbox is for this machine alone. */
export const HOST = '127.0.0.1'

/** What listening gives, or the error of the system with a sentence that names the port. */
export async function withSentence<Result> (port: number, listening: () => Promise<Result>): Promise<Result> {
  try {
    return await listening()
  } catch (error) {
    // What listening rejects with is an error of the system.
    const { code } = error as NodeJS.ErrnoException
    const message = `Port ${port} of ${HOST} cannot be used (${code}). Choose another one, or 0 for any that is free.`
    throw Object.assign(new Error(message, { cause: error }), { code, port })
  }
}

/** Below the ports that systems give to whoever asks for any: nobody else gets it before it is used. */
const anyPort = (): number => 20_000 + Math.floor(Math.random() * 12_000)

/** Listens at a port for a moment. Errors: those of the system. */
async function tryPort (port: number): Promise<void> {
  const server = createServer().listen(port, HOST)
  await once(server, 'listening')
  server.close()
  await once(server, 'close')
}

/**
 * The given port of this machine, any one with 0, that was free a moment ago. `pick` proposes ports.
 *
 * @throws EADDRINUSE and the like, with a sentence that names the port
 */
export async function freePort (wanted = 0, pick = anyPort): Promise<number> {
  if (wanted !== 0) return await withSentence(wanted, () => tryPort(wanted).then(() => wanted))
  const port = pick()
  return await tryPort(port).then(() => port, () => freePort(0, pick))
}

/**
 * Lets a server listen on a port, on a free one with 0, and gives its address.
 *
 * @throws EADDRINUSE and the like, with a sentence that names the port
 */
export function listen (app: FastifyInstance, port = 0): Promise<string> {
  return withSentence(port, () => app.listen({ host: HOST, port }))
}
