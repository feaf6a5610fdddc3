import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsync } from 'fastify'
import { list } from '../rows.ts'

const plugin: FastifyPluginAsync = async (fastify) => {
  const settings = { title: 'Plain', schema: { params: Type.Object({}) } }
  fastify.screen('plain', settings, async (_request, reply) => reply.page('list', list, { title: list.title }))
}
export default plugin
