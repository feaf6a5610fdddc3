import type { Entry } from '../../content.ts'
import { describeField } from '../crm/describe-field.ts'
import { itemRow } from '../crm/item-row.ts'
import { updateItem } from '../crm/kept-items.ts'
import { typeOf } from '../crm/types.ts'
import { greatest } from '../greatest.ts'
import { textError } from '../rest-error.ts'
import { map, scoped, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'

type Kind = 'lead' | 'deal' | 'contact' | 'company' | 'quote'

/** Items, and the customers that they are linked with. */
const LINKS: ReadonlyArray<[kind: Kind, linked: 'contact' | 'company']> =
  [['lead', 'contact'], ['deal', 'contact'], ['contact', 'company'], ['company', 'contact'], ['quote', 'contact']]

/** The methods for all links of an item write the names of parameters bare, those for one link in quotes. */
type Quote = '' | "'"

function idOf ({ params }: RestCall, quote: Quote = ''): number {
  const id = Number(text(params.ID))
  if (Number.isInteger(id) && id > 0) return id
  throw textError(`The parameter ${quote}ownerEntityID${quote} is invalid or not defined.`)
}

function find (call: RestCall, kind: Kind, id = idOf(call)): Entry {
  const entry = call.token.portal.content.find(kind, id)
  if (!entry) throw textError('Not found.')
  return entry
}

const isMap = (given: unknown): given is object => typeof given === 'object' && given !== null

/** crm.deal.contact.items.get, .add, .fields and their like. The first link is the primary one. */
function methodsOf (kind: Kind, linked: 'contact' | 'company'): RestMethods {
  const type = typeOf(kind)
  const [ID, ids] = [`${linked.toUpperCase()}_ID`, `${linked}Ids`]
  // Where each link stands in the list. crm.item.* does not show it.
  const SORTS = `${linked.toUpperCase()}_SORTS`

  function get (entry: Entry): Row[] {
    const sorts = map(entry.fields[SORTS])
    return Object.values(map(itemRow(type, entry)[ids])).map((id, index) => ({
      [ID]: Number(id), SORT: Number(sorts[String(id)] ?? (index + 1) * 10), ROLE_ID: 0, IS_PRIMARY: index ? 'N' : 'Y'
    })).sort((left, right) => Number(left.SORT) - Number(right.SORT))
  }

  function set (call: RestCall, given: unknown): true {
    const entry = find(call, kind)
    if (!isMap(given)) throw textError('The parameter items must be array.')
    const rows = Object.values(given).map(map).map(({ [ID]: id, IS_PRIMARY, SORT }, index) => ({
      id: Math.trunc(Number(text(id))),
      isPrimary: text(IS_PRIMARY) === 'Y',
      sort: Number(text(SORT)) || (index + 1) * 10
    })).filter(({ id }) => id > 0)
    const primary = rows.find(({ isPrimary }) => isPrimary) ?? rows[0]
    const sorted = [...new Set([...primary ? [primary.id] : [], ...rows.map(({ id }) => id)])]
    updateItem(call.token, type, entry, { [ids]: sorted },
      { [SORTS]: Object.fromEntries(rows.map(({ id, sort }) => [id, sort])) })
    return true
  }

  /** The links that an item has, and the one that a call is about; `name` is what the portal calls its parameter. */
  function single (call: RestCall, name: string): { rows: Row[], given: Row, isThere: (row: Row) => boolean } {
    const id = idOf(call, "'")
    const { FIELDS: fields } = call.params
    if (!isMap(fields)) throw textError(`The parameter '${name}' must be array.`)
    const rows = get(find(call, kind, id))
    const given = map(fields)
    const wanted = Math.trunc(Number(text(given[ID])))
    if (!(wanted > 0)) throw textError("The parameter 'fields' is not valid.")
    return { rows, given, isThere: row => row[ID] === wanted }
  }

  function add (call: RestCall): boolean {
    const { rows, given, isThere } = single(call, 'fields')
    if (rows.some(isThere)) return false
    const row = { SORT: 10 + greatest(rows.map(({ SORT }) => Number(SORT)), 0), ...given }
    return set(call, text(given.IS_PRIMARY) === 'Y' ? [row, ...rows] : [...rows, row])
  }

  function remove (call: RestCall): boolean {
    const { rows, isThere } = single(call, 'item')
    return rows.some(isThere) && set(call, rows.filter(row => !isThere(row)))
  }

  const name = `crm.${kind}.${linked}`
  return scoped(['crm'], {
    [`${name}.add`]: add,
    [`${name}.delete`]: remove,
    [`${name}.fields`]: () => ({
      SORT: describeField('integer', 'Sorting'),
      IS_PRIMARY: describeField('char', 'Primary'),
      [ID]: describeField('integer', typeOf(linked).title, 'required')
    }),
    [`${name}.items.get`]: call => get(find(call, kind)),
    [`${name}.items.set`]: call => set(call, call.params.ITEMS),
    [`${name}.items.delete`]: call => set(call, [])
  })
}

/** What items are linked with: the methods of leads, deals, contacts, companies and quotes. */
export const linkMethods: RestMethods = Object.assign({}, ...LINKS.map(link => methodsOf(...link)))
