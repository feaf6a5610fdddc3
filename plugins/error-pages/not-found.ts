import formbody from '@fastify/formbody'
import type { FastifyError, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { MethodError, NotFoundError } from '../../src/errors.ts'
import { frameworkErrorOf, unreadableAddress } from '../../src/http/framework-errors.ts'

interface NotFoundOptions {
  /** Answers also where the host has a wildcard route. Then it is registered after all other routes. Default false */
  wildcard?: boolean
}

/** Answers unknown and unreadable addresses, and unknown methods. In a scope of its own, as it accepts any body. */
export const notFound: FastifyPluginAsync<NotFoundOptions> = async (scope, { wildcard = false }) => {
  const { errorPages } = scope
  scope.removeAllContentTypeParsers()
  await scope.register(formbody, { bodyLimit: 128 * 1024 })
  scope.addContentTypeParser('*', (request, payload, done) => { done(null) })

  async function answer (request: FastifyRequest, reply: FastifyReply) {
    const url = request.url.replace(/[?#].*$/s, '')
    // Looked up as the path of a call; `hasRoute` would read it as the pattern of a route.
    const takes = (method: string) => {
      const route = scope.findRoute({ method, url })
      // A wildcard does not tell whether there is something.
      return route !== null && !('*' in route.params)
    }
    const allowed = scope.supportedMethods.filter(takes)
    // A handler may have called this one.
    const isMethod = allowed.length > 0 && !allowed.includes(request.method)
    if (isMethod) reply.header('allow', allowed.join(', '))
    return await errorPages.send(isMethod ? new MethodError() : new NotFoundError(), request, reply)
  }

  // Fastify refuses a QUERY without a type before it sees that nothing takes it.
  const isEarly = ({ code }: FastifyError) => code === 'FST_ERR_ROUTE_MISSING_CONTENT_TYPE'
  scope.setErrorHandler<FastifyError>(async (error, request, reply) =>
    await (isEarly(error) ? answer(request, reply) : errorPages.send(error, request, reply)))

  scope.all(unreadableAddress, async request => {
    throw frameworkErrorOf(request.raw) ?? new NotFoundError()
  })

  // An application may have such routes of its own.
  for (const url of wildcard ? ['', '/*'] : []) {
    const isFree = !scope.hasRoute({ method: 'GET', url: `${scope.prefix}${url}` })
    if (isFree) scope.all(url, (_request, reply) => reply.callNotFound())
  }
  scope.setNotFoundHandler(answer)
}
