// (c) Fastify by hand: the headers, the line in the log and the request id that ours has, and the view. No proof.
import { randomUUID } from 'node:crypto'
import formbody from '@fastify/formbody'
import view from '@fastify/view'
import Fastify from 'fastify'
import { pino } from 'pino'
import { headers, pageData, port, viewOptions } from './page.ts'

const fastify = Fastify({
  logger: { level: 'info', stream: pino.destination({ sync: false }) },
  logController: new Fastify.LogController({ disableRequestLogging: true }),
  genReqId: () => randomUUID()
})
await fastify.register(formbody)
await fastify.register(view, viewOptions())
fastify.addHook('onSend', async (request, reply) => { reply.headers(headers) })
fastify.addHook('onResponse', async ({ log, method, routeOptions: { url: route } }, { statusCode, elapsedTime }) => {
  log.info({ method, route, status: statusCode, placement: 'REST_APP_URI', ms: elapsedTime }, 'call')
})
fastify.post('/placement', (request, reply) => reply.viewAsync('link', pageData()))
await fastify.listen({ host: '127.0.0.1', port: Number(port) })
