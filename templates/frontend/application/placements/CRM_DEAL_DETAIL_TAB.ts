import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsync } from 'fastify'
import { readDeal, type Deal } from '../crm/deal.ts'

/** What the page frontend/deal-tab is given. */
export interface DealTab { deal: Deal }

const plugin: FastifyPluginAsync = async (fastify) => {
  fastify.placement('CRM_DEAL_DETAIL_TAB', {
    schema: { options: Type.Object({ ID: Type.Integer({ minimum: 1 }) }) },
    title: { en: 'Comments', de: 'Kommentare', ar: 'التعليقات' }
  }, async (request, reply) => {
    const { options, rest } = request.placement
    return await reply.app<DealTab>('deal-tab', { deal: await readDeal(rest, options.ID) })
  })
}
export default plugin
