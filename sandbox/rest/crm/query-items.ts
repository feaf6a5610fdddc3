import type { Page } from '../page.ts'
import { newPage } from '../page.ts'
import { requireArrays, RestError } from '../rest-error.ts'
import { isTrue, text, texts, map } from '../rest-method.ts'
import type { RestCall } from '../rest-method.ts'
import { filterRows, orderRows, pickFields, splitKey } from '../select-rows.ts'
import type { Row } from '../select-rows.ts'
import { toItemName } from './field-names.ts'
import type { ItemType } from './types.ts'
import { describeUserFields } from './user-fields.ts'

const invalid = (text: string): RestError => new RestError('INVALID_ARG_VALUE', `Invalid ${text}`)

/** The name in the rows of a field that is called so; undefined when the type does not have it. */
type ToName = (given: string) => string | undefined

/** Names in capitals are understood, too, as in calls from before crm.item.*, and both names of custom fields. */
function namesOf ({ params, token: { portal, lang } }: RestCall, type: ItemType): ToName {
  const isOriginal = isTrue(params.USEORIGINALUFNAMES)
  const custom = Object.keys(describeUserFields(portal, type, lang)).flatMap(kept =>
    [kept, toItemName(kept)].map((name): [string, string] => [name, isOriginal ? kept : toItemName(kept)]))
  const names = new Map([...type.fields.map((name): [string, string] => [name, name]), ...custom])
  return given => names.get(given) ?? names.get(toItemName(given))
}

const PREFIX = /^(!?[@%=]?|!?(=%|%=|><)|[<>]=?)$/
/** The prefixes with which a list of values may be given. */
const LISTED = /^(|!?[@=])$/

/** The filter with the names of fields that rows have. The keys of a list of values are numbers. */
function checkFilter (toName: ToName, filter: unknown): Row {
  return Object.fromEntries(Object.entries(map(filter)).map(([key, value]): [string, unknown] => {
    const nested = typeof value === 'object' && value !== null ? checkFilter(toName, value) : undefined
    if (/^\d+$/.test(key)) return [key, nested ?? value]
    if (/^logic$/i.test(key)) return ['logic', value]
    const [prefix, given] = splitKey(key)
    const name = toName(given)
    if (name === undefined || name === 'fm' || !PREFIX.test(prefix)) {
      throw invalid(`filter: field '${key}' is not allowed in filter`)
    }
    if (nested && !LISTED.test(prefix)) throw invalid(`filter: field '${key}' has invalid value`)
    return [prefix + name, value]
  }))
}

function checkOrder (toName: ToName, order: unknown): Row {
  return Object.fromEntries(Object.entries(map(order)).map(([given, direction]) => {
    const name = toName(given)
    if (name === undefined || name === 'fm') throw invalid(`order: field '${given}' is not allowed in order`)
    if (!/^(ASC|DESC)$/i.test(text(direction))) {
      const wrong = `But got '${text(direction)}' for field '${given}'`
      throw invalid(`order: allowed sort directions are \`ASC, DESC\`. ${wrong}`)
    }
    return [name, direction]
  }))
}

/** The fields that were asked for; undefined for all of them. */
function selected (toName: ToName, select: unknown): string[] | undefined {
  const names = texts(select)
  return names.length === 0 || names.includes('*')
    ? undefined
    : names.flatMap(name => toName(name) ?? []).filter(name => name !== 'fm')
}

/**
 * The page of items that a call asks for.
 *
 * @throws RestError when it filters or sorts by what the type does not have
 */
export function queryItems (type: ItemType, rows: Row[], call: RestCall): Page {
  const { params } = call
  requireArrays(params, 'select', 'order', 'filter')
  const toName = namesOf(call, type)
  const found = orderRows(filterRows(rows, checkFilter(toName, params.FILTER)), checkOrder(toName, params.ORDER))
  const names = selected(toName, params.SELECT)
  return newPage(found, params.START,
    items => ({ items: names ? items.map(item => pickFields(item, names)) : items }))
}
