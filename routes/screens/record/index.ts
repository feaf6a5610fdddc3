import { Type, type Static } from '@sinclair/typebox'
import type { FastifyPluginAsync } from 'fastify'
import type { VerifiedCall } from '../../../plugins/auth-token/verify-call.ts'
import { personUrl } from '../../../src/http/urls.ts'
import { cardPath, isDeal, readRecord } from './record.ts'

const params = Type.Object({
  id: Type.Integer({ title: 'ID', description: 'ID of the deal or item', minimum: 1 }),
  entityTypeId: Type.Optional(Type.Integer({
    title: 'Smart process', description: 'Of items only: the ID of their smart process. Empty: a deal', minimum: 1
  }))
})

declare module 'fastify' {
  interface ScreenParams { record: Static<typeof params> }
}

/** Shows a record of the CRM, as far as the user may see it, with a link to its card. */
const plugin: FastifyPluginAsync = async (fastify) => {
  fastify.addPageFolder(import.meta.dirname)
  fastify.screen('record', {
    schema: { params },
    title: { en: 'Deal or item', de: 'Auftrag oder Element' },
    description: { en: 'Shows a record of the CRM', de: 'Zeigt einen Datensatz des CRM' }
  }, async (request, reply) => {
    const { screen: { params: key }, placement: { lang } } = request
    const call = request.verifiedCall as VerifiedCall // only verified calls open a screen
    const record = await readRecord(fastify.portalRest.open(call), key)
    const { tag } = fastify.i18n.resolve(lang)
    const dates = new Intl.DateTimeFormat(tag, { dateStyle: 'long', timeZone: 'UTC' })
    const date = (time: string | undefined) => {
      // The day in the portal's own time zone
      const day = Date.parse(String(time).slice(0, 10))
      return Number.isNaN(day) ? undefined : dates.format(day)
    }
    const { amount, responsibleId, authorId } = record
    const person = (id: number | undefined) => id && { id, url: personUrl(call.origin, id) }
    return await reply.page('record', {
      title: record.title,
      kind: isDeal(key) ? 'deal' : 'item',
      id: key.id,
      card: new URL(cardPath(key), call.origin).href,
      facts: {
        stage: record.stage,
        amount: amount && amountText(amount, tag),
        closes: date(record.closesAt),
        created: date(record.createdAt),
        changed: date(record.changedAt)
      },
      people: { responsible: person(responsibleId), author: person(authorId) }
    }, { title: record.title })
  })
}

/** A portal may have currencies of its own, whose codes Intl does not know. */
function amountText ({ value, currency }: { value: number, currency: string }, tag: string): string {
  return /^[A-Z]{3}$/.test(currency)
    ? new Intl.NumberFormat(tag, { style: 'currency', currency }).format(value)
    : `${new Intl.NumberFormat(tag).format(value)} ${currency}`
}

export default plugin
