import type { Static, TObject } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import { coerceStrings } from './coerce.ts'
import { OptionsMismatchError } from './errors.ts'

/** An OptionsMismatchError that knows where: a path of names the schema declares, such as `filter.status`. */
export interface OptionsMismatch extends Error { parameter: string }

/**
 * Compiles the schema of a handler's options, once, at boot.
 * In: the schema. Out: a function from decoded options to options of the declared types; it throws OptionsMismatchError,
 * with the property `parameter`, when they do not fit.
 */
export function compileOptions<T extends TObject> (schema: T): (options: Record<string, unknown>) => Static<T> {
  const check = TypeCompiler.Compile(schema)
  return options => {
    const coerced = coerceStrings(schema, options)
    if (check.Check(coerced)) return coerced
    const parameter = check.Errors(coerced).First()?.path.slice(1).replaceAll('/', '.') ?? ''
    throw Object.assign(new OptionsMismatchError(), { parameter })
  }
}
