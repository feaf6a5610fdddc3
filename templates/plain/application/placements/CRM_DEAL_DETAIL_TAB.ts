import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsync } from 'fastify'
import 'fastify-bitrix24'
import { readDeal } from '../crm/deal.ts'

const plugin: FastifyPluginAsync = async (fastify) => {
  fastify.placement('CRM_DEAL_DETAIL_TAB', {
    schema: { options: Type.Object({ ID: Type.Integer({ minimum: 1 }) }) },
    title: { en: 'Comments', de: 'Kommentare', ar: 'التعليقات' }
  }, async (request, reply) => {
    const { options, rest, lang } = request.placement
    const deal = await readDeal(rest, options.ID)
    const { tag } = fastify.pages.i18n.resolve(lang)
    const amount = new Intl.NumberFormat(tag, { style: 'currency', currency: deal.currency }).format(deal.amount)
    return await reply.page('deal-tab', { deal, amount })
  })
}
export default plugin
