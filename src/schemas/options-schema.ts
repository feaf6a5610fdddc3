import { FormatRegistry, KindGuard, RecordValue, type Static, type TObject, type TSchema } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import { Value } from '@sinclair/typebox/value'
import type { BaseLogger } from 'pino'
import { OptionsMismatchError } from '../errors.ts'
import { formats, registerFormats } from './formats.ts'
import { errorFor } from './mismatch.ts'

registerFormats()

/** Whether it is a `Type.Object`, as `compileOptions` needs one: no JSON Schema that was written by hand. */
export const isObjectSchema = (schema: unknown): schema is TObject => KindGuard.IsObject(schema)

/**
 * Compiles the schema of a handler's options, at boot.
 *
 * @param refused makes the error for a schema that cannot be checked of what is wrong with it
 * @returns a function that gives decoded options their declared types and fills in defaults. It throws
 *   OptionsMismatchError, with the properties of OptionsMismatch, when they do not fit
 */
export function compileOptions<T extends TObject> (
  declared: T, refused: (what: string) => Error
): (options: Readonly<Record<string, unknown>>) => Static<T> {
  const schema = exactIntegers(declared)
  const check = compiled(schema, refused)
  const hasDefaults = JSON.stringify(schema).includes('"default":')
  const complete = (options: unknown) => hasDefaults ? Value.Default(schema, options) : options
  return options => {
    const coerced = complete(coerceStrings(schema, options))
    if (check.Check(coerced)) return coerced
    throw errorFor(schema, check.Errors(coerced))
  }
}

function compiled<T extends TObject> (schema: T, refused: (what: string) => Error) {
  const unknown = unknownFormat(schema)
  // It would refuse each text.
  if (unknown !== undefined) throw refused(`a format "${unknown}" in its schema, which knows ${formats.join(', ')}`)
  try {
    return TypeCompiler.Compile(schema)
  } catch (error) {
    const name = Object.keys(schema.properties).find(name => isRefused(schema.properties[name]))
    const what = name === undefined ? 'a schema' : `a property "${name}" in its schema`
    throw refused(`${what} that TypeBox cannot check (${(error as Error).message})`)
  }
}

function isRefused (schema: TSchema | undefined): boolean {
  try {
    TypeCompiler.Compile(schema as TSchema)
    return false
  } catch {
    return true
  }
}

function unknownFormat (schema: unknown): string | undefined {
  if (!isContainer(schema)) return undefined
  if (KindGuard.IsString(schema)) return FormatRegistry.Has(schema.format ?? 'date') ? undefined : schema.format
  return Object.values(schema).map(unknownFormat).find(format => format !== undefined)
}

const { MIN_SAFE_INTEGER: min, MAX_SAFE_INTEGER: max } = Number

/** A copy of a schema whose integers have bounds: beyond them 1e300 is one, and an ID becomes another one when read. */
function exactIntegers<T> (schema: T): T {
  if (Array.isArray(schema)) return schema.map(exactIntegers) as T
  if (!isContainer(schema)) return schema
  const copy = Object.fromEntries(Reflect.ownKeys(schema).map(key => [key, exactIntegers(Reflect.get(schema, key))]))
  if (!KindGuard.IsInteger(schema)) return copy as T
  const { minimum = min, maximum = max } = schema
  return { ...copy, minimum: Math.max(minimum, min), maximum: Math.min(maximum, max) } as T
}

/**
 * Reads what a call carries, and logs what does not fit: a developer has to explain it, so the log says more than the
 * page.
 *
 * @param whose the screen or placement that declares the schema, for the log
 * @throws what `read` throws
 */
export function reading<T> (
  read: () => T, log: Pick<BaseLogger, 'warn'>, whose: { screen: string } | { placement: string | null }
): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof OptionsMismatchError && 'parameter' in error && 'expected' in error) {
      const { parameter, expected } = error
      log.warn({ ...whose, parameter, expected }, 'the options of a call do not fit the schema')
    }
    throw error
  }
}

// Whatever came through a link or a form is text. Only unambiguous text becomes a value: "3.7" and "007" are not
// integers, "0x10" and "" are not numbers. Numbers, booleans and null are never changed.
const integer = /^(0|-?[1-9][0-9]*)$/
const decimal = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/
const booleans = new Map([['true', true], ['false', false], ['1', true], ['0', false], ['Y', true], ['N', false]])

/**
 * Turns text into the types that a schema declares, at any depth. PHP does not tell a list from an object with keys
 * 0…n-1, and writes an empty object as `[]`: each becomes what is declared. What does not fit is left as it is, for
 * the check that follows. Gives a copy.
 */
export function coerceStrings (
  schema: TSchema, value: unknown, outer = schema, done = new Map<unknown, unknown>()
): unknown {
  const self = schema.$id === undefined ? outer : schema // what Type.Recursive refers to within itself
  const coerce = (schema: TSchema | undefined, value: unknown) =>
    schema === undefined ? value : coerceStrings(schema, value, self, self === outer ? done : undefined)
  if (KindGuard.IsThis(schema)) {
    // Each member of a union asks for the same: done anew, the work of a link's 64 levels would never end.
    if (!done.has(value)) done.set(value, coerce(self, value))
    return done.get(value)
  }
  if (KindGuard.IsUnion(schema)) {
    const fits = (member: TSchema, value: unknown) => Value.Check(member, [self], value)
    if (schema.anyOf.some(member => fits(member, value))) return value
    for (const member of schema.anyOf) {
      const coerced = coerce(member, value)
      if (fits(member, coerced)) return coerced
    }
  }
  if (KindGuard.IsObject(schema)) {
    const { properties } = schema
    return coerceKeys((key, item) => coerce(Object.hasOwn(properties, key) ? properties[key] : undefined, item), value)
  }
  if (KindGuard.IsRecord(schema)) return coerceKeys((_, item) => coerce(RecordValue(schema), item), value)
  if (KindGuard.IsArray(schema)) return coerceList(item => coerce(schema.items, item), value)
  if (KindGuard.IsTuple(schema)) return coerceList((item, index) => coerce(schema.items?.[index], item), value)
  if (typeof value !== 'string') return value
  const number = Number(value)
  if (KindGuard.IsInteger(schema)) return integer.test(value) && Number.isSafeInteger(number) ? number : value
  if (KindGuard.IsNumber(schema)) return decimal.test(value) && Number.isFinite(number) ? number : value
  if (KindGuard.IsBoolean(schema)) return booleans.get(value) ?? value
  return KindGuard.IsLiteral(schema) && String(schema.const) === value ? schema.const : value
}

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null

const coerceKeys = (coerce: (key: string, item: unknown) => unknown, value: unknown): unknown =>
  isContainer(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, coerce(key, item)])) : value

function coerceList (coerce: (item: unknown, index: number) => unknown, value: unknown): unknown {
  const isList = isContainer(value) && Object.keys(value).every((key, index) => key === String(index))
  return isList ? Object.values(value).map(coerce) : value
}
