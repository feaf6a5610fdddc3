import Fastify, { type FastifyReply } from 'fastify'
import { mock } from 'node:test'
import t, { type Test } from 'tap'
import { connectFrame } from '../../client/frame.ts'
import { until } from '../until.ts'
import { openPortalWindow } from './portal-window.ts'

type Body = Record<string, unknown>
type Answer = (body: Body, reply: FastifyReply) => unknown

/** A frame in a portal whose REST methods answer as the test wants. */
async function connect (t: Test, answerCall: Answer, data: object = {}) {
  const asked: Array<{ url: string, body: Body }> = []
  const fastify = Fastify()
  fastify.post<{ Body: Body }>('/rest/:method', async ({ url, body }, reply) => {
    asked.push({ url, body })
    return await answerCall(body, reply)
  })
  t.after(() => fastify.close())
  const origin = new URL(await fastify.listen({ host: '127.0.0.1', port: 0 }))
  const portal = openPortalWindow(t, data, `${origin.host}|0|sid`)
  const frame = await connectFrame()
  t.after(() => frame.destroy())
  return { ...portal, frame, asked, fastify }
}

const expired: Answer = ({ auth }, reply) => auth === 'second'
  ? { result: 'done' }
  : reply.code(401).send({ error: 'expired_token', error_description: 'The access token provided has expired.' })

await t.test('call: asks the portal as the user', async t => {
  const { frame, asked } = await connect(t, ({ id }) => ({ result: { ID: id }, time: {} }))
  t.strictSame(await frame.call('crm.deal.get', { id: 7 }), { ID: 7 })
  t.strictSame(asked, [{ url: '/rest/crm.deal.get', body: { id: 7, auth: 'first' } }])
  await frame.call('a/b')
  t.match(asked[1], { url: '/rest/a%2Fb', body: { auth: 'first' } })
})

await t.test('call: gets a new token once for all calls that find theirs expired', async t => {
  const { frame, asked, posted, answer } = await connect(t, expired)
  const calls = Promise.all([frame.call('profile'), frame.call('user.get')])
  await until(() => asked.length === 2 && posted.length === 2)
  answer('refreshAuth', { AUTH_ID: 'second', AUTH_EXPIRES: '3600' })
  t.strictSame(await calls, ['done', 'done'])
  t.equal(posted.filter(({ command }) => command === 'refreshAuth').length, 1)
  t.equal(await frame.call('profile'), 'done')
  t.equal(asked.length, 5)
})

await t.test('call: takes the token that another call has got meanwhile', async t => {
  let answerLate = () => {}
  const isLate = new Promise<void>(resolve => { answerLate = resolve })
  const { frame, asked, posted, answer } = await connect(t, async (body, reply) => {
    if (body['late'] && body['auth'] === 'first') await isLate
    return await expired(body, reply)
  })
  const late = frame.call('user.get', { late: true })
  await until(() => asked.length === 1)
  const early = frame.call('profile')
  await until(() => posted.length === 2)
  answer('refreshAuth', { AUTH_ID: 'second', AUTH_EXPIRES: '3600' })
  t.equal(await early, 'done')
  answerLate()
  t.equal(await late, 'done')
  t.equal(posted.length, 2)
})

await t.test('getAuth: gives the token while it is good, then a new one', async t => {
  mock.timers.enable({ apis: ['Date'], now: 1_000_000 })
  t.after(() => mock.timers.reset())
  const { frame, answer } = await connect(t, expired)
  t.strictSame(await frame.getAuth(), { authId: 'first', expiresAt: 4_600_000 })
  mock.timers.setTime(4_599_000)
  const renewed = frame.getAuth()
  answer('refreshAuth', { AUTH_ID: 'second', AUTH_EXPIRES: 3600 })
  t.strictSame(await renewed, { authId: 'second', expiresAt: 8_199_000 })
  const refused = frame.refreshAuth()
  answer('refreshAuth', { AUTH_ID: '' })
  await t.rejects(refused, { name: 'FrameError', code: 'B24_FRAME_BAD_ANSWER' })
  const asked = frame.getAuth()
  answer('refreshAuth', { AUTH_ID: 'third' })
  t.strictSame(await asked, { authId: 'third', expiresAt: 4_599_000 }, 'taken for expired')
})

await t.test('call: says why it failed', async t => {
  const rows: Array<[status: number, answer: object | string, code: string, message: string]> = [
    [400, { error: 'ERROR_CORE', error_description: 'Closed' }, 'ERROR_CORE', 'Closed'],
    [200, { error: '', error_description: 'Not set' }, '', 'Not set'],
    [401, { error: 'PAYMENT_REQUIRED' }, 'PAYMENT_REQUIRED', ''],
    [200, '<h1>It works!</h1>', 'BAD_ANSWER', ''],
    [200, 'null', 'BAD_ANSWER', ''],
    [502, { result: true }, 'BAD_ANSWER', '']
  ]
  let row = rows[0]
  const { frame, fastify } = await connect(t, (_body, reply) => {
    return reply.code(row?.[0] ?? 0).type('application/json').send(row?.[1])
  })
  for (row of rows) {
    const [status, , code, message] = row
    await t.rejects(frame.call('log.blogpost.add'), { name: 'RestError', code, status, message })
  }
  const timeout = mock.method(AbortSignal, 'timeout', () => AbortSignal.abort(new DOMException('', 'TimeoutError')))
  await t.rejects(frame.call('profile'), { code: 'REQUEST_TIMEOUT', status: 0 })
  timeout.mock.restore()
  await fastify.close()
  await t.rejects(frame.call('profile'), { code: 'NETWORK_ERROR', status: 0 })
})
