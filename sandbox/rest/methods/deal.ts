import { queueEvent } from '../../event-delivery.ts'
import { legacyRow } from '../crm/legacy-row.ts'
import { page } from '../page.ts'
import { textError } from '../rest-error.ts'
import { map, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import { filterRows, orderRows, pickFields } from '../select-rows.ts'
import type { Row } from '../select-rows.ts'

const scopes = ['crm']

function mapParameter ({ params }: RestCall, name: string): Row {
  const value = params[name.toUpperCase()]
  if (value !== undefined && typeof value !== 'object') throw textError(`Parameter '${name}' must be array.`)
  return map(value)
}

function get ({ params, token: { portal } }: RestCall): Row {
  const id = Number(text(params.ID))
  if (!Number.isInteger(id) || id <= 0) throw textError('ID is not defined or invalid')
  const deal = portal.content.find('deal', id)
  if (!deal) throw textError('Not found')
  return legacyRow(deal)
}

/** Deals: crm.deal.get, crm.deal.list, crm.deal.add. */
export const dealMethods: RestMethods = {
  'crm.deal.get': { scopes, run: get },
  'crm.deal.list': {
    scopes,
    run (call) {
      const rows = filterRows(call.token.portal.content.list('deal').map(legacyRow), mapParameter(call, 'filter'))
      return page(orderRows(rows, mapParameter(call, 'order')), call.params.START,
        found => found.map(row => pickFields(row, call.params.SELECT)))
    }
  },
  'crm.deal.add': {
    scopes,
    run (call) {
      if (call.params.FIELDS === undefined) throw textError("Parameter 'fields' must be array.")
      const { TITLE, COMMENTS, ...fields } = mapParameter(call, 'fields')
      const { portal, user } = call.token
      const { id } =
        portal.content.add({ kind: 'deal', authorId: user.id, title: text(TITLE), text: text(COMMENTS), fields })
      queueEvent(portal, 'ONCRMDEALADD', id, user)
      return id
    }
  }
}
