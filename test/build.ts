import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import type { VerifiedCall } from '../src/index.ts'

/** A Fastify app with the plugins that the test registers on it, closed with the test. */
export async function build (
  t: { after: (fn: () => unknown) => void },
  register: (app: FastifyInstance) => unknown = () => {},
  options: FastifyServerOptions = {}
): Promise<FastifyInstance> {
  const app = Fastify(options)
  t.after(() => app.close())
  await register(app)
  return app
}

/** What is known of a call of user 1 of the portal m1 once it is verified. */
export const verifiedCall = (changes: Partial<VerifiedCall> = {}): VerifiedCall => ({
  memberId: 'm1',
  clientId: 'app',
  domain: 'portal.example',
  origin: 'https://portal.example',
  clientEndpoint: 'https://portal.example/rest/',
  serverEndpoint: '',
  scope: [],
  status: 'L',
  installed: true,
  userId: 1,
  expiresAt: Date.now() + 3_600_000,
  accessToken: 'token',
  ...changes
})
