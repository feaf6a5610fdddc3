import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsync } from 'fastify'
import { amountText } from '../crm/amount.ts'
import { readDeal } from '../crm/deal.ts'

const plugin: FastifyPluginAsync = async (fastify) => {
  fastify.placement('CRM_DEAL_DETAIL_TAB', {
    schema: { options: Type.Object({ ID: Type.Integer({ minimum: 1 }) }) },
    title: { en: 'Comments', de: 'Kommentare', ar: 'التعليقات' }
  }, async (request, reply) => {
    const { options, rest, lang } = request.placement
    const deal = await readDeal(rest, options.ID)
    const amount = amountText(deal, fastify.pages.i18n.resolve(lang).tag)
    return await reply.page('deal-tab', { deal, amount })
  })
}
export default plugin
