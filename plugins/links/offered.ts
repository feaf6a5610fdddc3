import { KindGuard, RecordValue, type TObject, type TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { coerceStrings } from '../../src/schemas/options-schema.ts'

/** Whether a part of it may not be written by people. */
const closes = (schema: TSchema) => JSON.stringify(schema).includes('"composer":false')

/** The parameters that people may write: a schema without what says `composer: false`, at any depth. */
export const offeredParams = (schema: TObject): TObject => ({ ...schema, properties: offeredIn(schema.properties) })

function offeredIn (properties: Record<string, TSchema>): Record<string, TSchema> {
  return Object.fromEntries(Object.entries(properties).flatMap(([name, property]) => {
    const offered = offeredPart(property)
    return offered === undefined ? [] : [[name, offered]]
  }))
}

/** Undefined: people write nothing of it. */
function offeredPart (schema: TSchema): TSchema | undefined {
  if (!closes(schema)) return schema
  const content = schema['composer'] === false ? {} : offeredContent(schema)
  if (Object.values(content).every(parts => Object.keys(parts).length === 0)) return undefined
  const { default: value, ...offered }: TSchema = { ...schema, ...content }
  // A default is written, too.
  const start = Value.Clean(offered, structuredClone(value))
  return Value.Check(offered, start) ? { ...offered, default: start } : offered
}

/** Of other kinds it cannot be said what to leave out. */
function offeredContent (schema: TSchema): Record<string, object> {
  if (KindGuard.IsObject(schema)) return { properties: offeredIn(schema.properties) }
  if (KindGuard.IsRecord(schema)) return { patternProperties: offeredIn(schema.patternProperties) }
  if (KindGuard.IsArray(schema)) return { items: offeredPart(schema.items) ?? {} }
  return KindGuard.IsUnion(schema) ? { anyOf: schema.anyOf.flatMap(member => offeredPart(member) ?? []) } : {}
}

/**
 * Where parameters hold a value that people may not write: paths of declared names, such as `filter.source`. A value
 * that can be read in several ways is read in each.
 */
export const closedPaths = (schema: TObject, params: Readonly<Record<string, unknown>>): string[] =>
  [...new Set(closedIn(schema, params, [], []))]

function closedIn (schema: TSchema, value: unknown, path: readonly string[], outer: TSchema[]): string[] {
  if (value === undefined) return []
  if (schema['composer'] === false) return [path.join('.')]
  const known = schema.$id === undefined ? outer : [...outer, schema]
  const inside = (part: TSchema, item: unknown, ...name: string[]) => closedIn(part, item, [...path, ...name], known)
  const entries = Object.entries(Object(value)) // none that fit, where the value is not an object

  if (KindGuard.IsThis(schema)) {
    return outer.filter(({ $id }) => $id === schema.$ref).flatMap(target => inside(target, value))
  }
  if (KindGuard.IsUnion(schema)) return membersFor(schema.anyOf, value, known).flatMap(member => inside(member, value))
  if (KindGuard.IsIntersect(schema)) return schema.allOf.flatMap(part => inside(part, value))
  if (KindGuard.IsArray(schema)) return entries.flatMap(([index, item]) => inside(schema.items, item, index))
  if (KindGuard.IsTuple(schema)) {
    return (schema.items ?? []).flatMap((part, index) => inside(part, entries[index]?.[1], String(index)))
  }
  if (KindGuard.IsRecord(schema)) return entries.flatMap(([, item]) => inside(RecordValue(schema), item))
  if (KindGuard.IsObject(schema)) {
    const { properties, additionalProperties } = schema
    return entries.flatMap(([name, item]) => {
      if (Object.hasOwn(properties, name)) return inside(properties[name] as TSchema, item, name) // it has it
      return typeof additionalProperties === 'object' ? inside(additionalProperties, item) : []
    })
  }
  return closes(schema) ? [path.join('.')] : []
}

/** The members that the value may be read as, however its texts are coerced and its defaults are filled in. */
function membersFor (members: readonly TSchema[], value: unknown, references: TSchema[]): TSchema[] {
  const forms = [value, ...members.map(member => coerceStrings(member, value))]
  return members.filter(member => forms.some(form =>
    Value.Check(member, references, Value.Default(member, references, structuredClone(form)))))
}
