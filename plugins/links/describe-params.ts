/** One line of a table of parameters: its path (`filter.status`), its value as text, and the type it was decoded to. */
export interface ParamLine { name: string, value: string, type: string }

/** Lays decoded options out as a table: one line a leaf, in the order they came. */
export function describeParams (value: unknown, path = ''): ParamLine[] {
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, item]) => describeParams(item, path === '' ? key : `${path}.${key}`))
  }
  return [{ name: path, value: String(value), type: value === null ? 'null' : Number.isInteger(value) ? 'integer' : typeof value }]
}
