import type { FastifyInstance } from 'fastify'

/**
 * Names that lead to this machine. Any other name for it belongs to a page that wants to read what only people here may
 * see.
 */
const LOCAL_NAME = /^(?:localhost|127\.0\.0\.1|(?:[a-z0-9-]+\.)+localhost)$/i

/** Refuses requests under foreign names, which a page of another site may give to this machine. */
export function guardHost (app: FastifyInstance): void {
  app.addHook('onRequest', async ({ host, hostname, socket: { localPort } }, reply) => {
    if (LOCAL_NAME.test(hostname) && host === `${hostname}:${localPort}`) return
    return reply.code(421).send({
      error: 'wrong_host',
      error_description: `The sandbox answers to localhost:${localPort} and names below localhost only.`
    })
  })
}
