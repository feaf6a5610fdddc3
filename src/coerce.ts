import { KindGuard, type TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'

// Whatever came through a link or a form is text. Only text that is the one canonical way to write a value becomes that value:
// "3.7" is no integer, "0x10" and "" are no numbers. Values that are not text are never changed.
const integer = /^-?(0|[1-9][0-9]*)$/
const decimal = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/
const booleans = new Map([['true', true], ['false', false], ['1', true], ['0', false], ['Y', true], ['N', false]])

/**
 * Turns text into the types that a schema declares, at any depth; an object with the keys 0…n-1 becomes a list where one is
 * declared (PHP makes no difference between the two). What does not fit stays as it is, for the check that follows.
 * In: schema, and plain data. Out: plain data; the input is not changed.
 */
export function coerceStrings (schema: TSchema, value: unknown): unknown {
  if (KindGuard.IsUnion(schema)) return coerceUnion(schema.anyOf, value)
  if (KindGuard.IsObject(schema)) return isRecord(value) ? coerceObject(schema.properties, value) : value
  if (KindGuard.IsRecord(schema)) return isRecord(value) ? coerceRecord(Object.values(schema.patternProperties), value) : value
  if (KindGuard.IsArray(schema)) return coerceArray(schema.items, value)
  if (typeof value !== 'string') return value
  if (KindGuard.IsInteger(schema)) return integer.test(value) && Number.isSafeInteger(Number(value)) ? Number(value) : value
  if (KindGuard.IsNumber(schema)) return decimal.test(value) && Number.isFinite(Number(value)) ? Number(value) : value
  if (KindGuard.IsBoolean(schema)) return booleans.get(value) ?? value
  if (KindGuard.IsLiteral(schema)) return String(schema.const) === value ? schema.const : value
  return value
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

function coerceUnion (members: readonly TSchema[], value: unknown): unknown {
  if (members.some(member => Value.Check(member, value))) return value
  for (const member of members) {
    const coerced = coerceStrings(member, value)
    if (Value.Check(member, coerced)) return coerced
  }
  return value
}

function coerceObject (properties: Record<string, TSchema>, value: Record<string, unknown>): unknown {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => {
    const schema = Object.hasOwn(properties, key) ? properties[key] : undefined
    return [key, schema === undefined ? item : coerceStrings(schema, item)]
  }))
}

function coerceRecord (schemas: readonly TSchema[], value: Record<string, unknown>): unknown {
  const [schema] = schemas
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, schema === undefined ? item : coerceStrings(schema, item)]))
}

function coerceArray (items: TSchema, value: unknown): unknown {
  const list = isRecord(value) && Object.keys(value).every((key, index) => key === String(index)) ? Object.values(value) : value
  return Array.isArray(list) ? list.map(item => coerceStrings(items, item)) : value
}
