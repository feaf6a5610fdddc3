import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** A hook as in the options of a route: async, or with `done`. */
export type PreHandler<Request extends FastifyRequest> =
  (this: FastifyInstance, request: Request, reply: FastifyReply, done: (error?: Error) => void) => unknown

/** One hook or several, in order. */
export type PreHandlers<Request extends FastifyRequest> = PreHandler<Request> | ReadonlyArray<PreHandler<Request>>

/** Whether it is such hooks, or none. */
export const arePreHandlers = (hooks: unknown): boolean =>
  hooks === undefined || [hooks].flat().every(hook => typeof hook === 'function')

type Handler<Request extends FastifyRequest> =
  (this: FastifyInstance, request: Request, reply: FastifyReply) => Promise<unknown>

/** Puts hooks in front of a handler that has no route of its own. One that throws or replies ends the call. */
export function withPreHandlers<Request extends FastifyRequest> (
  instance: FastifyInstance, hooks: PreHandlers<Request> | undefined, handler: Handler<Request>
): (request: Request, reply: FastifyReply) => Promise<unknown> {
  if (hooks === undefined) return handler.bind(instance)
  const all = [hooks].flat()
  // As Fastify runs them: what returns a promise does not call `done`.
  const run = (hook: PreHandler<Request>, request: Request, reply: FastifyReply) => new Promise((resolve, reject) => {
    const result = hook.call(instance, request, reply, error => error ? reject(error) : resolve(undefined))
    if (typeof result === 'object' && result !== null && 'then' in result) resolve(result)
  })
  return async (request, reply) => {
    for (const hook of all) {
      await run(hook, request, reply)
      if (reply.sent) return reply
    }
    return await handler.call(instance, request, reply)
  }
}
