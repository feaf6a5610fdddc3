import type { Page } from '../page.ts'
import { page } from '../page.ts'
import { RestError } from '../rest-error.ts'
import { map, text } from '../rest-method.ts'
import type { RestCall } from '../rest-method.ts'
import { filterRows, orderRows, pickFields, splitKey } from '../select-rows.ts'
import type { Row } from '../select-rows.ts'
import { isCustom, toItemName } from './field-names.ts'
import type { ItemType } from './types.ts'

const invalid = (text: string): RestError => new RestError('INVALID_ARG_VALUE', `Invalid ${text}`)

/** Names in capitals are understood, too, as in calls from before crm.item.*. */
const toName = (name: string): string => /[a-z]/.test(name) || isCustom(name) ? name : toItemName(name)

/** A field that items can be searched and sorted by. */
const isQueried = ({ fields }: ItemType, name: string): boolean =>
  isCustom(name) || (name !== 'fm' && fields.includes(name))

/** The filter with the names of fields that rows have. */
function checkFilter (type: ItemType, filter: unknown): Row {
  return Object.fromEntries(Object.entries(map(filter)).map(([key, value]): [string, unknown] => {
    if (/^\d+$/.test(key)) return [key, checkFilter(type, value)]
    if (key === 'logic') return [key, value]
    const [prefix, given] = splitKey(key)
    const name = toName(given)
    if (!isQueried(type, name)) throw invalid(`filter: field '${given}' is not allowed in filter`)
    return [prefix + name, value]
  }))
}

function checkOrder (type: ItemType, order: unknown): Row {
  return Object.fromEntries(Object.entries(map(order)).map(([given, direction]) => {
    const name = toName(given)
    if (!isQueried(type, name)) throw invalid(`order: field '${given}' is not allowed in order`)
    if (!/^(ASC|DESC)$/i.test(text(direction))) {
      const wrong = `But got '${text(direction)}' for field '${given}'`
      throw invalid(`order: allowed sort directions are \`ASC, DESC\`. ${wrong}`)
    }
    return [name, direction]
  }))
}

/** The fields that were asked for; undefined for all of them. */
function selected (select: unknown): string[] | undefined {
  const names = Object.values(map(select)).map(name => toName(text(name)))
  return names.length === 0 || names.includes('*') ? undefined : names.filter(name => name !== 'fm')
}

/**
 * The page of items that a call asks for.
 *
 * @throws RestError when it filters or sorts by what the type does not have
 */
export function queryItems (type: ItemType, rows: Row[], { params }: RestCall): Page {
  const found = orderRows(filterRows(rows, checkFilter(type, params.FILTER)), checkOrder(type, params.ORDER))
  const names = selected(params.SELECT)
  return page(found, params.START,
    items => ({ items: names ? items.map(item => pickFields(item, names)) : items }))
}
