import { map, text } from './rest-method.ts'

/** A row of a list by the names of its fields. */
export type Row = Record<string, unknown>

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/

/** A moment as the row has it; a day may also be written as 12/31/2026 or 31.12.2026. */
const isoOf = (given: string): string => given
  .replace(/^(\d\d)\/(\d\d)\/(\d{4})(?!\d)/, '$3-$1-$2').replace(/^(\d\d)\.(\d\d)\.(\d{4})(?!\d)/, '$3-$2-$1')

/** What two texts are compared as: numbers, moments, or the texts themselves. */
function comparable (left: string, right: string): [number, number] | [string, string] {
  if (left === '' || right === '') return [left, right]
  const numbers: [number, number] = [Number(left), Number(right)]
  if (numbers.every(Number.isFinite)) return numbers
  if (!MOMENT.test(left)) return [left, right]
  const day = isoOf(right)
  return MOMENT.test(day) ? [Date.parse(left), Date.parse(day)] : [left, day]
}

function compare (left: string, right: string): number {
  const [a, b] = comparable(left, right)
  return a < b ? -1 : Number(a > b)
}

/** Whether one of the values of a field is as one of those that are wanted. */
type Test = (values: string[], wanted: string[]) => boolean

const some = (fits: (value: string, wanted: string) => boolean): Test =>
  (values, wanted) => wanted.some(item => values.some(value => fits(value, item)))
const not = (test: Test): Test => (values, wanted) => !test(values, wanted)
const than = (accepts: (order: number) => boolean): Test => some((value, item) => accepts(compare(value, item)))
const is = than(order => order === 0)
const contains = some((value, item) => value.toLowerCase().includes(item.toLowerCase()))
/** The pattern of SQL's LIKE; `%` stands for any text. No regular expression: a long one would take ages. */
function isLike (value: string, pattern: string): boolean {
  const [start = '', ...others] = pattern.toLowerCase().split('%')
  const end = others.pop()
  const text = value.toLowerCase()
  if (end === undefined) return text === start
  if (!text.startsWith(start)) return false
  let from = start.length
  for (const part of others) {
    const index = text.indexOf(part, from)
    if (index < 0) return false
    from = index + part.length
  }
  return text.length - end.length >= from && text.endsWith(end)
}
const matches = some(isLike)

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

/** Yes and no as they are asked for; a form has 1 for true. */
const SPELLINGS = [['true', 'Y', '1'], ['false', 'N', '0']]
const isFlag = (value: unknown): boolean => typeof value === 'boolean' || value === 'Y' || value === 'N'

/** The values of a field; an empty list counts as an empty text, yes and no are found in each of their spellings. */
const valuesOf = (value: unknown): string[] => {
  const values = asTexts(value)
  if (isFlag(value)) return SPELLINGS.find(words => words.some(word => values.includes(word))) ?? values
  return values.length > 0 ? values : ['']
}

/** The key of a condition in its two parts: `>=` and the name of the field. */
export function splitKey (key: string): [prefix: string, name: string] {
  const name = key.replace(/^[!=<>@%]+/, '')
  return [key.slice(0, key.length - name.length), name]
}

/** A value with `%` is a pattern of LIKE, also without the prefix for it. */
export const withPatterns = (filter: unknown): Row =>
  Object.fromEntries(Object.entries(map(filter)).map(([key, value]) =>
    [splitKey(key)[0] === '' && text(value).includes('%') ? `=%${key}` : key, value]))

type Condition<R> = (row: R) => boolean

/** Conditions of one level; those under a number are a level of their own. `logic` says whether one is enough. */
function conditionOf<R extends Row> (rows: R[], filter: unknown): Condition<R> {
  const { logic, ...others } = map(filter)
  const conditions = Object.entries(others).map(([key, value]): Condition<R> => {
    if (/^\d+$/.test(key)) return conditionOf(rows, value)
    const [prefix, name] = splitKey(key)
    const test = TESTS[prefix]
    const isKnown = rows.some(row => Object.hasOwn(row, name))
    return row => !isKnown || !test || test(valuesOf(row[name]), asTexts(value))
  })
  return text(logic).toUpperCase() === 'OR'
    ? row => conditions.some(holds => holds(row))
    : row => conditions.every(holds => holds(row))
}

/**
 * The rows that the filter lets through. Fields that no row has, and prefixes that do not exist, are no condition; to
 * others a missing field is empty.
 */
export const filterRows = <R extends Row>(rows: R[], filter: unknown): R[] => rows.filter(conditionOf(rows, filter))

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

/** The row with nothing but the fields that were asked for; all of them with an empty list or with `*` in it. */
export function pickFields (row: Row, select: unknown): Row {
  const names = asTexts(select ?? [])
  return names.length === 0 || names.includes('*')
    ? row
    : Object.fromEntries(Object.entries(row).filter(([name]) => names.includes(name)))
}
