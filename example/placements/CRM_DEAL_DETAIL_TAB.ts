import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsync } from 'fastify'
import { amountText } from '../crm/amount.ts'
import { readNamedRecord } from '../crm/named-record.ts'
import { cardPath } from '../crm/record.ts'

/** A tab of a deal: shows it as far as the user may see it, and lets them write a comment into its timeline. */
const plugin: FastifyPluginAsync = async (fastify) => {
  fastify.placement('CRM_DEAL_DETAIL_TAB', {
    schema: { options: Type.Object({ ID: Type.Integer({ minimum: 1 }) }) },
    title: fastify.pages.i18n.inAll('deal-tab.tab')
  }, async (request, reply) => {
    const { options: { ID: id }, rest, portal: { origin }, lang } = request.placement
    const { title, stage, amount, contact } = await readNamedRecord(rest, { id })
    const { tag } = fastify.pages.i18n.resolve(lang)
    return await reply.page('deal-tab', {
      title,
      stage,
      amount: amount && amountText(amount.value, amount.currency, tag),
      contact: contact && { ...contact, url: new URL(`/crm/contact/details/${contact.id}/`, origin).href },
      card: new URL(cardPath({ id }), origin).href,
      // The page of this deal may write to this deal, and to no other one.
      grant: await fastify.pageTokens.sealGrant(request, { dealId: id })
    }, { title })
  })
}
export default plugin
