import type { FastifyReply } from 'fastify'
import type { Trouble } from './state.ts'

/** Answers in the way of the given fault. Returns false, and answers nothing, when there is none. */
export function breakAnswer (fault: Trouble['authorizationServer' | 'rest'], reply: FastifyReply): boolean {
  switch (fault) {
    case 'none':
    case 'limited':
    case 'overtime':
      return false
    case 'down':
      reply.hijack()
      reply.raw.destroy()
      return true
    case 'nonsense':
      reply.type('text/html').send('<!doctype html><title>Welcome to nginx!</title><h1>It works!</h1>')
      return true
    case 'error':
      reply.code(500).send({ error: 'INTERNAL_SERVER_ERROR', error_description: 'Internal server error' })
      return true
  }
}
