import { text } from '../rest-method.ts'
import type { RestCall } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'
import { dto } from './dto.ts'
import type { Dto } from './dto.ts'
import { selectFields } from './select.ts'
import { requestError, V3Error } from './v3-error.ts'

/** Names of methods of REST 3.0 and the methods, which give the value of `result`. */
export type V3Methods = Record<string, (call: RestCall) => object>

const FIELD = dto('DtoFieldDto', 'name* type* title* description* validationRules*:array requiredGroups*:array ' +
  'filterable*:bool sortable*:bool editable*:bool multiple*:bool elementType*')

const describe = ({ types, filterable, sortable, editable }: Dto): Row[] => [...types].map(([name, type]) => ({
  name,
  type: type === 'DateTime' ? 'object' : type,
  title: name,
  description: null,
  validationRules: [],
  requiredGroups: null,
  filterable: filterable.includes(name),
  sortable: sortable.includes(name),
  editable: editable.includes(name),
  multiple: false,
  elementType: null
}))

/** The methods that tell the fields of something: `.field.list` and `.field.get` below the name of its methods. */
export const fieldMethods = (name: string, described: Dto): V3Methods => ({
  [`${name}.field.list`]: ({ params }) => ({ items: describe(described).map(selectFields(FIELD, params.SELECT)) }),
  [`${name}.field.get`] ({ params }) {
    const field = text(params.NAME)
    if (!field) throw requestError('name')
    const found = describe(described).find(({ name }) => name === field)
    if (!found) throw new V3Error('FIELDNOTFOUND', `Field \`${field}\` not found`)
    return { item: selectFields(FIELD, params.SELECT)(found) }
  }
})
