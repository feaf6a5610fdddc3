import { KindGuard, type Static, type TObject, type TSchema } from '@sinclair/typebox'
import { TypeCompiler, type ValueError } from '@sinclair/typebox/compiler'
import { Value } from '@sinclair/typebox/value'
import { coerceStrings } from './coerce.ts'
import { OptionsMismatchError } from './errors.ts'
import { registerFormats } from './formats.ts'

registerFormats()

/** What is thrown for options that do not fit. */
export interface OptionsMismatch extends Error { parameter: string, expected: string }

/**
 * Compiles the schema of a handler's options, once, at boot.
 * In: the schema. Out: a function from decoded options to options of the declared types; it throws OptionsMismatchError when
 * they do not fit. Its property `parameter` says where: a path of names the schema declares, such as `filter.status`, or ''; `expected`
 * says, in words of the schema, what should be there. `default`s of the schema are filled in.
 */
export function compileOptions<T extends TObject> (schema: T): (options: Record<string, unknown>) => Static<T> {
  const check = TypeCompiler.Compile(schema)
  const complete = JSON.stringify(schema).includes('"default":') ? (options: unknown) => Value.Default(schema, options) : (options: unknown) => options
  return options => {
    const coerced = complete(coerceStrings(schema, options))
    if (check.Check(coerced)) return coerced
    const { path, message: expected } = check.Errors(coerced).First() as ValueError // what does not pass the check has an error
    const parameter = declared(schema, path.split('/').slice(1)).join('.')
    throw Object.assign(new OptionsMismatchError(), { parameter, expected })
  }
}

/** As much of a path as the schema declares: further keys were chosen by the author of the link, and are not to be shown. */
function declared (schema: TSchema, [name, ...rest]: readonly string[] = []): string[] {
  if (name === undefined) return []
  if (KindGuard.IsArray(schema)) return [name, ...declared(schema.items, rest)]
  const property = KindGuard.IsObject(schema) && Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined
  return property === undefined ? [] : [name, ...declared(property, rest)]
}
