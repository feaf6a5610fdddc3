import { KindGuard, type TSchema } from '@sinclair/typebox'
import { ValueErrorType, type ValueError } from '@sinclair/typebox/compiler'
import { OptionsMismatchError } from '../errors.ts'

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

/** What does not fit, where `read` throws nothing but an OptionsMismatchError. */
export function mismatchesOf (read: () => unknown): Mismatch[] {
  try {
    read()
    return []
  } catch (error) {
    return (error as OptionsMismatch).mismatches
  }
}

// More than anybody fixes at once. A call can hold tens of thousands.
const maxErrors = 100

/** The error for options that do not pass the check of their schema. */
export function errorFor (schema: TSchema, errors: Iterable<ValueError>): OptionsMismatch {
  const mismatches = new Map<string, Mismatch>()
  let left = maxErrors
  for (const error of errors) {
    if (left-- === 0) break
    const mismatch = mismatchOf(schema, error)
    if (!mismatches.has(mismatch.parameter)) mismatches.set(mismatch.parameter, mismatch)
  }
  // What does not pass the check has an error.
  return mismatchError([...mismatches.values()] as [Mismatch, ...Mismatch[]])
}

const reasons = new Map<ValueErrorType, Mismatch['reason']>([
  [ValueErrorType.ObjectRequiredProperty, 'required'],
  [ValueErrorType.ObjectAdditionalProperties, 'undeclared'],
  ...[
    ValueErrorType.IntegerMinimum, ValueErrorType.IntegerMaximum,
    ValueErrorType.IntegerExclusiveMinimum, ValueErrorType.IntegerExclusiveMaximum,
    ValueErrorType.NumberMinimum, ValueErrorType.NumberMaximum,
    ValueErrorType.NumberExclusiveMinimum, ValueErrorType.NumberExclusiveMaximum
  ].map(type => [type, 'range'] as const),
  ...[
    ValueErrorType.StringMinLength, ValueErrorType.StringMaxLength,
    ValueErrorType.ArrayMinItems, ValueErrorType.ArrayMaxItems
  ].map(type => [type, 'length'] as const),
  ...[ValueErrorType.StringFormat, ValueErrorType.StringPattern].map(type => [type, 'format'] as const)
])

/** What the schema expects: its choices, if it has some. */
function expectation ({ schema, message }: ValueError): string {
  if (!KindGuard.IsUnion(schema) || !schema.anyOf.every(KindGuard.IsLiteral)) return message
  return `Expected one of ${schema.anyOf.map(({ const: choice }) => JSON.stringify(choice)).join(', ')}`
}

const mismatchOf = (schema: TSchema, error: ValueError): Mismatch => ({
  parameter: declared(schema, error.path.split('/').slice(1)).join('.'),
  expected: expectation(error),
  reason: reasons.get(error.type) ?? 'type'
})

/** The part of a path that the schema declares. The author of the link chose further keys, which are not shown. */
function declared (schema: TSchema, [name, ...rest]: readonly string[] = []): string[] {
  if (name === undefined) return []
  if (KindGuard.IsArray(schema)) return [name, ...declared(schema.items, rest)]
  const isDeclared = KindGuard.IsObject(schema) && Object.hasOwn(schema.properties, name)
  const property = isDeclared ? schema.properties[name] : undefined
  return property === undefined ? [] : [name, ...declared(property, rest)]
}
