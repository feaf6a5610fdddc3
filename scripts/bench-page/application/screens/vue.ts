import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsync } from 'fastify'
import { list } from '../rows.ts'

const plugin: FastifyPluginAsync = async (fastify) => {
  const settings = { title: 'Vue', schema: { params: Type.Object({}) } }
  fastify.screen('vue', settings, async (_request, reply) => reply.app('vue', list))
}
export default plugin
