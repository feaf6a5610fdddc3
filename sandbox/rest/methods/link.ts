import type { Entry } from '../../content.ts'
import { itemRow } from '../crm/item-row.ts'
import { updateItem } from '../crm/kept-items.ts'
import { typeOf } from '../crm/types.ts'
import { textError } from '../rest-error.ts'
import { map, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'

const scopes = ['crm']

type Kind = 'lead' | 'deal' | 'contact' | 'company'

/** Items, and the customers that they are linked with. */
const LINKS: ReadonlyArray<[kind: Kind, linked: 'contact' | 'company']> =
  [['lead', 'contact'], ['deal', 'contact'], ['contact', 'company'], ['company', 'contact']]

function find ({ params, token: { portal } }: RestCall, kind: Kind): Entry {
  const id = Number(text(params.ID))
  if (!Number.isInteger(id) || id < 1) throw textError('The parameter ownerEntityID is invalid or not defined.')
  const entry = portal.content.find(kind, id)
  if (!entry) throw textError('Not found.')
  return entry
}

/** crm.deal.contact.items.get, .set, .delete, and their like. The first link is the primary one. */
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
    if (typeof given !== 'object' || given === null) throw textError('The parameter items must be array.')
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

  const name = `crm.${kind}.${linked}.items`
  return {
    [`${name}.get`]: { scopes, run: call => get(find(call, kind)) },
    [`${name}.set`]: { scopes, run: call => set(call, call.params.ITEMS) },
    [`${name}.delete`]: { scopes, run: call => set(call, []) }
  }
}

/** What items are linked with: the methods of leads, deals, contacts and companies. */
export const linkMethods: RestMethods = Object.assign({}, ...LINKS.map(link => methodsOf(...link)))
