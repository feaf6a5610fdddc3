import { Type, type Static } from '@sinclair/typebox'
import type { FastifyPluginAsync } from 'fastify'
import { personUrl } from 'fastify-bitrix24'
import { amountText } from '../../crm/amount.ts'
import { readNamedRecord } from '../../crm/named-record.ts'
import { cardPath, isDeal } from '../../crm/record.ts'

const params = Type.Object({
  id: Type.Integer({ title: 'Deal', minimum: 1, pick: 'deal' }),
  entityTypeId: Type.Optional(Type.Integer({
    title: 'Smart process',
    description: 'Of items only: the ID of their smart process. People pick deals, a back-end links to items',
    minimum: 1,
    composer: false
  }))
})

declare module 'fastify' {
  interface ScreenParams { record: Static<typeof params> }
}

/** Shows a record of the CRM, as far as the user may see it, with a link to its card. */
const plugin: FastifyPluginAsync = async (fastify) => {
  fastify.screen('record', {
    schema: { params },
    title: { en: 'Deal or item', de: 'Auftrag oder Element' },
    description: { en: 'Shows a record of the CRM', de: 'Zeigt einen Datensatz des CRM' }
  }, async (request, reply) => {
    const { screen: { params: key }, placement: { lang, portal: { origin }, rest } } = request
    const record = await readNamedRecord(rest, key)
    const { tag } = fastify.pages.i18n.resolve(lang)
    const dates = new Intl.DateTimeFormat(tag, { dateStyle: 'long', timeZone: 'UTC' })
    const date = (time = '') => {
      // The day in the portal's own time zone. Date.parse alone finds one in most texts with a number.
      const day = Date.parse(/^\d{4}-\d\d-\d\d/.exec(time)?.[0] ?? '')
      return Number.isNaN(day) ? undefined : dates.format(day)
    }
    const { amount, responsibleId, authorId } = record
    const person = (id: number | undefined) => id && { id, url: personUrl(origin, id) }
    return await reply.page('record', {
      title: record.title,
      kind: isDeal(key) ? 'deal' : 'item',
      id: key.id,
      card: new URL(cardPath(key), origin).href,
      facts: {
        stage: record.stage,
        amount: amount && amountText(amount.value, amount.currency, tag),
        closes: date(record.closesAt),
        created: date(record.createdAt),
        changed: date(record.changedAt)
      },
      people: { responsible: person(responsibleId), author: person(authorId) }
    }, { title: record.title })
  })
}
export default plugin
