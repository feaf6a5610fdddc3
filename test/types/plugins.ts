// Compiled by `npm run typecheck`, never run: options of the plugins, and the decorators they bring along.
import Fastify from 'fastify'
import authToken from '../../plugins/auth-token/index.ts'
import formGuard from '../../plugins/form-guard/index.ts'
import frameAncestors from '../../plugins/frame-ancestors/index.ts'
import placementDispatch from '../../plugins/placement-dispatch/index.ts'
import placementOptions from '../../plugins/placement-options/index.ts'
import errorPages from '../../plugins/error-pages/index.ts'
import { same } from './same.ts'

export async function stranger (): Promise<void> {
  const fastify = Fastify()
  await fastify.register(authToken, { clientId: 'app.1', clientSecret: 'secret', applicationToken: 'required' })
  await fastify.register(formGuard, { bodyLimit: 1024 })
  await fastify.register(formGuard)
  await fastify.register(frameAncestors)
  await fastify.register(placementOptions)
  await fastify.register(placementDispatch)
  await fastify.register(errorPages)

  // @ts-expect-error the secret is needed
  await fastify.register(authToken, { clientId: 'app.1' })
  // @ts-expect-error no such policy
  await fastify.register(authToken, { clientId: 'app.1', clientSecret: 'secret', applicationToken: 'never' })
  // @ts-expect-error a limit is a number of bytes
  await fastify.register(formGuard, { bodyLimit: '1 MB' })

  type Decoded = { options: Record<string, unknown>, uri: string | undefined }
  same<ReturnType<typeof fastify.decodePlacementOptions>, Decoded>(true)
  // @ts-expect-error only the origin of a proven portal makes an address out of the page
  fastify.decodePlacementOptions('{}')

  fastify.get('/', async request => {
    same<typeof request.frameAncestors, readonly string[] | null>(true)
    same<typeof request.errorCode, string | null>(true)
    // @ts-expect-error nobody is proven yet
    request.verifiedCall.userId.toString()
  })
}
