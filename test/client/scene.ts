import { Type } from '@sinclair/typebox'
import type { Test } from 'tap'
import { movableClock } from '../clock.ts'
import { sessionIn, startService } from '../service.ts'
import { ApiError } from '../../client/api-error.ts'
import { createApi } from '../../client/api.ts'

/** What a call has failed with: code, status and message. */
export const failure = async (calling: Promise<unknown>): Promise<unknown> => await calling.then(
  answer => ['no failure', answer],
  (error: unknown) => error instanceof ApiError ? [error.code, error.status, error.message] : error
)

/** A page that an employee has opened, with its client, in front of a service whose clock can be moved. */
export async function openPage (t: Test) {
  const clock = movableClock(t)
  const service = await startService(t, {
    env: { B24_APPLICATION_TOKEN: 'required' },
    prepare: fastify => {
      const body = Type.Object({ shelf: Type.Integer() })
      fastify.post('/api/shelves', { schema: { body } }, async request => {
        await fastify.verifyPageSession(request)
        return request.body
      })
      fastify.post('/api/whoami', async request => (await fastify.verifyPageUser(request)).user)
      fastify.delete('/api/shelves', async (_request, reply) => await reply.code(204).send())
      fastify.get('/api/language', async ({ headers }) => headers)
      fastify.get('/api/elsewhere', async (_request, reply) => reply.redirect('/health'))
    }
  })
  await service.install()
  const { alpha } = service.sandbox.portals
  const { employee } = alpha.users
  const grant = (expiresIn = 3600) =>
    ({ authId: alpha.grant(employee, { expiresIn }).accessToken, expiresAt: Date.now() + expiresIn * 1000 })

  // The portal around the page, which hands out tokens of the sandbox.
  const asked: string[] = []
  const portal = { auth: grant() }
  const frame = {
    async getAuth () {
      asked.push('getAuth')
      return portal.auth
    },
    async refreshAuth () {
      asked.push('refreshAuth')
      portal.auth = grant()
      return portal.auth
    }
  }
  const open = async (authId = portal.auth.authId) => {
    const call = alpha.placementCall('REST_APP_URI', { user: employee, lang: 'de' })
    return sessionIn(await service.call(call, { body: { AUTH_ID: authId } }))
  }
  const page = { session: await open(), base: '', lang: 'de' }
  const api = createApi({ page, frame: async () => frame, origin: service.url })
  const exchanges = () => service.lines().filter(({ route, msg }) => msg === 'call' && route === '/api/session').length
  return { ...service, clock, employee, alpha, asked, portal, frame, page, api, grant, exchanges, open }
}
