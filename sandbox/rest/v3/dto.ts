import { V3Error } from './v3-error.ts'

/** A kind of thing in REST 3.0, with its fields: what the portal calls a data transfer object. */
export interface Dto {
  name: string
  /** Types of the fields, by their names. */
  types: ReadonlyMap<string, string>
  /** Fields that are shown when none were asked for. */
  base: readonly string[]
  /** What a field leads to whose own fields can be asked for, such as `responsible.name`. */
  relations: Readonly<Record<string, Dto>>
  filterable: readonly string[]
  sortable: readonly string[]
  editable: readonly string[]
}

const words = (text = ''): string[] => text.split(/\s+/).filter(Boolean)

/**
 * A DTO from names of fields, each with `:` and its type unless it is a string, and with `*` when it is shown to those
 * who ask for no fields.
 */
export function dto (name: string, fields: string, { relations = {}, filterable, sortable, editable }: {
  relations?: Record<string, Dto>, filterable?: string, sortable?: string, editable?: string
} = {}): Dto {
  const entries = words(fields).map(field => {
    const [, key = '', base, type = 'string'] = /^(\w+)(\*?)(?::(\w+))?$/.exec(field) ?? []
    return { key, type, isBase: base === '*' }
  })
  return {
    name,
    types: new Map(entries.map(({ key, type }) => [key, type])),
    base: entries.flatMap(({ key, isBase }) => isBase ? [key] : []),
    relations,
    filterable: words(filterable),
    sortable: words(sortable),
    editable: words(editable)
  }
}

/** @throws V3Error for a field that the DTO does not have */
export function checkField ({ name, types }: Dto, field: string): void {
  if (!types.has(field)) {
    throw new V3Error('UNKNOWNDTOPROPERTY', `Unknown field \`${field}\` for entity \`${name}\``)
  }
}
