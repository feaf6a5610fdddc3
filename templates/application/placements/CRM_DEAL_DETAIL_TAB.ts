import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsync } from 'fastify'
import 'fastify-bitrix24'

const plugin: FastifyPluginAsync = async (fastify) => {
  fastify.placement('CRM_DEAL_DETAIL_TAB', {
    schema: { options: Type.Object({ ID: Type.Integer({ minimum: 1 }) }) },
    title: { en: 'Supplies', de: 'Lieferungen' }
  }, async (request, reply) => reply.page('deal-tab', { dealId: request.placement.options.ID }))
}
export default plugin
