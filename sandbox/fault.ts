import type { FastifyReply } from 'fastify'
import type { Trouble } from './state.ts'

/** Breaks the connection instead of answering. Tells what the wire says about it. */
export function cutConnection (reply: FastifyReply): string {
  reply.hijack()
  reply.raw.destroy()
  return 'connection cut'
}

/**
 * Answers in the way of the given fault, and tells what the wire says about it. Undefined when nothing was answered:
 * there is no such fault, or it is one that the method itself answers.
 */
export function breakAnswer (fault: Trouble['authorizationServer' | 'rest'], reply: FastifyReply): string | undefined {
  switch (fault) {
    case 'none':
    case 'limited':
    case 'overtime':
    case 'unpaid':
      return undefined
    case 'down':
      return cutConnection(reply)
    case 'nonsense':
      reply.type('text/html').send('<!doctype html><title>Welcome to nginx!</title><h1>It works!</h1>')
      return 'HTML instead of JSON'
    case 'error':
      reply.code(500).send({ error: 'INTERNAL_SERVER_ERROR', error_description: 'Internal server error' })
      return 'INTERNAL_SERVER_ERROR'
  }
}
