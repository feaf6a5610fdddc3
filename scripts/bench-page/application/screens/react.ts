import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsync } from 'fastify'
import { list } from '../rows.ts'

const plugin: FastifyPluginAsync = async (fastify) => {
  const settings = { title: 'React', schema: { params: Type.Object({}) } }
  fastify.screen('react', settings, async (_request, reply) => reply.app('react', list))
}
export default plugin
