// (b) Fastify as it comes, with the view: nothing is proven, decoded or logged.
import formbody from '@fastify/formbody'
import view from '@fastify/view'
import Fastify from 'fastify'
import { pageData, port, viewOptions } from './page.ts'

const fastify = Fastify()
await fastify.register(formbody)
await fastify.register(view, viewOptions())
fastify.post('/placement', (request, reply) => reply.viewAsync('link', pageData()))
await fastify.listen({ host: '127.0.0.1', port: Number(port) })
