import { map, text } from './rest-method.ts'

/** A row of a list by the names of its fields. */
export type Row = Record<string, unknown>

function compare (left: string, right: string): number {
  const [a, b] = left !== '' && right !== '' && Number.isFinite(Number(left)) && Number.isFinite(Number(right))
    ? [Number(left), Number(right)]
    : [left, right]
  return a < b ? -1 : Number(a > b)
}

type Test = (value: string, wanted: string[]) => boolean

const is: Test = (value, wanted) => wanted.some(item => compare(value, item) === 0)
const contains: Test = (value, wanted) => wanted.some(item => value.toLowerCase().includes(item.toLowerCase()))
/** The pattern of SQL's LIKE; `%` stands for any text. */
const matches: Test = (value, wanted) => wanted.some(item =>
  new RegExp(`^${item.replace(/[^\w%]/g, '\\$&').replaceAll('%', '.*')}$`, 'is').test(value))
const not = (test: Test): Test => (value, wanted) => !test(value, wanted)
const than = (accepts: (order: number) => boolean): Test =>
  (value, wanted) => wanted.some(item => accepts(compare(value, item)))

/** What the characters before the name of a field ask for. */
const TESTS: Record<string, Test> = {
  '': is,
  '=': is,
  '@': is,
  '!': not(is),
  '!=': not(is),
  '!@': not(is),
  '>': than(order => order > 0),
  '>=': than(order => order >= 0),
  '<': than(order => order < 0),
  '<=': than(order => order <= 0),
  '%': contains,
  '!%': not(contains),
  '=%': matches,
  '%=': matches,
  '!=%': not(matches),
  '!%=': not(matches)
}

const asText = (value: unknown): string => typeof value === 'boolean' ? String(value) : text(value)
/** One value or several of them; a long list in a form is a map with numbers as keys. */
const asTexts = (value: unknown): string[] =>
  (typeof value === 'object' && value !== null ? Object.values(value) : [value]).map(asText)

/**
 * The rows that the filter lets through. Fields that no row has, and prefixes that do not exist, are no condition; to
 * others a missing field is empty.
 */
export function filterRows<R extends Row> (rows: R[], filter: unknown): R[] {
  const conditions = Object.entries(map(filter)).map(([key, value]) => {
    const name = key.replace(/^[!=<>@%]+/, '')
    const test = TESTS[key.slice(0, key.length - name.length)]
    const isKnown = rows.some(row => Object.hasOwn(row, name))
    return (row: R) => !isKnown || !test || test(asText(row[name]), asTexts(value))
  })
  return rows.filter(row => conditions.every(holds => holds(row)))
}

/** The rows in the order of `{field: 'ASC' | 'DESC'}`, the first field first. */
export function orderRows<R extends Row> (rows: R[], order: unknown): R[] {
  const keys = Object.entries(map(order)).map(([name, direction]) =>
    [name, text(direction).toUpperCase() === 'DESC' ? -1 : 1] as const)
  return rows.toSorted((left, right) => {
    for (const [name, sign] of keys) {
      const result = compare(asText(left[name]), asText(right[name]))
      if (result !== 0) return result * sign
    }
    return 0
  })
}

/** The row with nothing but the fields that were asked for; all of them without a list or with `*` in it. */
export function pickFields (row: Row, select: unknown): Row {
  const names = asTexts(select ?? '*')
  return names.includes('*') ? row : Object.fromEntries(Object.entries(row).filter(([name]) => names.includes(name)))
}
