import { map } from '../rest-method.ts'
import { pickFields, type Row } from '../select-rows.ts'
import { checkField } from './dto.ts'
import type { Dto } from './dto.ts'
import { V3Error } from './v3-error.ts'

/** The fields that a call asks for: of the thing itself, and of what it is related to. */
interface Selection { own: string[], related: Map<string, string[]> }

/** @throws V3Error when `select` is no list, or names fields of something related that there are not */
function selectionOf (dto: Dto, select: unknown): Selection {
  const selection: Selection = { own: [], related: new Map() }
  if (select === undefined) return selection
  const names: unknown[] | undefined = Array.isArray(select) ? select : undefined
  if (!names?.every(name => typeof name === 'string')) {
    throw new V3Error('INVALIDSELECT', `Unable to recognize select expression \`${JSON.stringify(select)}\``)
  }
  for (const name of names) {
    const [field = '', inner] = name.split('.')
    if (inner !== undefined) checkField(dto, field)
    const relation = dto.relations[field]
    if (inner === undefined || !relation) {
      selection.own.push(field)
      continue
    }
    checkField(relation, inner)
    selection.related.set(field, [...selection.related.get(field) ?? [], inner])
  }
  return selection
}

const pickRelated = (value: unknown, names: string[]): unknown => Array.isArray(value)
  ? value.map((item: unknown) => pickRelated(item, names))
  : value && pickFields(map(value), names)

/**
 * Shows rows with the fields that `select` asks for, those in `base` when it asks for none of the things themselves.
 * Fields that they do not have are left out.
 *
 * @throws V3Error when `select` is no list, or names fields of something related that there are not
 */
export function selectFields (dto: Dto, select: unknown, base = dto.base): (row: Row) => Row {
  const { own, related } = selectionOf(dto, select)
  const names = own.length > 0 ? own.filter(name => dto.types.has(name)) : base
  return row => ({
    ...Object.fromEntries(names.map(name => [name, row[name] ?? null])),
    ...Object.fromEntries([...related].map(([name, inner]) => [name, pickRelated(row[name], inner)]))
  })
}
