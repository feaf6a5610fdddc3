import { KindGuard, type Static, type TObject, type TSchema } from '@sinclair/typebox'
import { TypeCompiler, ValueErrorType, type ValueError } from '@sinclair/typebox/compiler'
import { Value } from '@sinclair/typebox/value'
import type { BaseLogger } from 'pino'
import { coerceStrings } from './coerce.ts'
import { OptionsMismatchError } from '../errors.ts'
import { registerFormats } from './formats.ts'

registerFormats()

/** One thing that does not fit. */
export interface Mismatch {
  /** A path of names that the schema declares, such as `filter.status`, or '' */
  parameter: string
  /** In words of the schema */
  expected: string
  /** For a sentence in the user's language */
  reason: 'required' | 'type' | 'range' | 'length' | 'format' | 'undeclared'
}

/** What is thrown for options that do not fit: the first mismatch, and all of them, one a parameter. */
export interface OptionsMismatch extends Error, Mismatch { mismatches: Mismatch[] }

/** An error for what does not fit. */
export const mismatchError = (mismatches: [Mismatch, ...Mismatch[]]): OptionsMismatch =>
  Object.assign(new OptionsMismatchError(), { ...mismatches[0], mismatches })

/** What does not fit. In: a reading that throws nothing but an OptionsMismatchError. */
export function mismatchesOf (read: () => unknown): Mismatch[] {
  try {
    read()
    return []
  } catch (error) {
    return (error as OptionsMismatch).mismatches
  }
}

/**
 * Reads what a call carries. What does not fit is the developer's to explain, so the log says more than the page.
 * In: the reading, where to say it, and whose schema it is. Errors: those of the reading.
 */
export function reading<T> (read: () => T, log: Pick<BaseLogger, 'warn'>, whose: { screen: string } | { placement: string | null }): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof OptionsMismatchError && 'parameter' in error && 'expected' in error) {
      log.warn({ ...whose, parameter: error.parameter, expected: error.expected }, 'the options of a call do not fit the schema')
    }
    throw error
  }
}

/**
 * Compiles the schema of a handler's options, once, at boot.
 * In: the schema. Out: a function from decoded options to options of the declared types; it throws OptionsMismatchError when
 * they do not fit, with the properties of OptionsMismatch. `default`s of the schema are filled in.
 */
export function compileOptions<T extends TObject> (schema: T): (options: Readonly<Record<string, unknown>>) => Static<T> {
  const check = TypeCompiler.Compile(schema)
  const complete = JSON.stringify(schema).includes('"default":') ? (options: unknown) => Value.Default(schema, options) : (options: unknown) => options
  return options => {
    const coerced = complete(coerceStrings(schema, options))
    if (check.Check(coerced)) return coerced
    const mismatches = new Map<string, Mismatch>()
    for (const error of check.Errors(coerced)) {
      const mismatch = mismatchOf(schema, error)
      if (!mismatches.has(mismatch.parameter)) mismatches.set(mismatch.parameter, mismatch)
    }
    throw mismatchError([...mismatches.values()] as [Mismatch, ...Mismatch[]]) // what does not pass the check has an error
  }
}

const reasons = new Map<ValueErrorType, Mismatch['reason']>([
  [ValueErrorType.ObjectRequiredProperty, 'required'],
  [ValueErrorType.ObjectAdditionalProperties, 'undeclared'],
  ...[
    ValueErrorType.IntegerMinimum, ValueErrorType.IntegerMaximum, ValueErrorType.IntegerExclusiveMinimum, ValueErrorType.IntegerExclusiveMaximum,
    ValueErrorType.NumberMinimum, ValueErrorType.NumberMaximum, ValueErrorType.NumberExclusiveMinimum, ValueErrorType.NumberExclusiveMaximum
  ].map(type => [type, 'range'] as const),
  ...[ValueErrorType.StringMinLength, ValueErrorType.StringMaxLength, ValueErrorType.ArrayMinItems, ValueErrorType.ArrayMaxItems].map(type => [type, 'length'] as const),
  ...[ValueErrorType.StringFormat, ValueErrorType.StringPattern].map(type => [type, 'format'] as const)
])

/** In words of the schema: the choices, where there are some. */
function expectation ({ schema, message }: ValueError): string {
  const choices = KindGuard.IsUnion(schema) && schema.anyOf.every(KindGuard.IsLiteral) ? schema.anyOf.map(({ const: choice }) => JSON.stringify(choice)) : []
  return choices.length > 0 ? `Expected one of ${choices.join(', ')}` : message
}

const mismatchOf = (schema: TSchema, error: ValueError): Mismatch => ({
  parameter: declared(schema, error.path.split('/').slice(1)).join('.'),
  expected: expectation(error),
  reason: reasons.get(error.type) ?? 'type'
})

/** As much of a path as the schema declares: further keys were chosen by the author of the link, and are not to be shown. */
function declared (schema: TSchema, [name, ...rest]: readonly string[] = []): string[] {
  if (name === undefined) return []
  if (KindGuard.IsArray(schema)) return [name, ...declared(schema.items, rest)]
  const property = KindGuard.IsObject(schema) && Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined
  return property === undefined ? [] : [name, ...declared(property, rest)]
}
