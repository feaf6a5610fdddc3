import { KindGuard, type TObject, type TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { coerceStrings } from '../coerce.ts'

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null

/** A schema without what people may not write (`composer: false`), at any depth. */
export const offeredParams = <T extends TObject>(schema: T): T => ({ ...schema, properties: offeredProperties(schema.properties) })

function offeredProperties (properties: TObject['properties']): TObject['properties'] {
  return Object.fromEntries(Object.entries(properties).flatMap(([name, property]) => {
    const offered = offeredPart(property)
    return offered === undefined ? [] : [[name, offered]]
  }))
}

/** Undefined: nothing of it is offered. */
function offeredPart (schema: TSchema): TSchema | undefined {
  if (schema['composer'] === false) return undefined
  if (!closes(schema)) return schema
  const rest = offeredContent(schema)
  return rest && withoutClosed({ ...schema, ...rest })
}

function offeredContent (schema: TSchema): Partial<TSchema> | undefined {
  if (KindGuard.IsObject(schema)) {
    const properties = offeredProperties(schema.properties)
    return Object.keys(properties).length === 0 ? undefined : { properties }
  }
  if (KindGuard.IsArray(schema)) {
    const items = offeredPart(schema.items)
    return items && { items }
  }
  if (KindGuard.IsUnion(schema)) {
    const anyOf = schema.anyOf.flatMap(member => offeredPart(member) ?? [])
    return anyOf.length === 0 ? undefined : { anyOf }
  }
  // A record offers no names, and of other kinds nobody can say what to leave out.
  return undefined
}

/** What is filled in at the start is written, too. */
function withoutClosed ({ default: value, ...schema }: TSchema): TSchema {
  return value === undefined ? schema as TSchema : { ...schema, default: Value.Clean(schema as TSchema, structuredClone(value)) } as TSchema
}

/** Whether people may not write some part of it. */
const closes = (schema: TSchema) => JSON.stringify(schema).includes('"composer":false')

/**
 * In: the schema of a screen's parameters, and what somebody wants to write. Out: the paths at which there is a value that people
 * may not write. Where a value can be read in several ways, each of them counts.
 */
export const closedPaths = (schema: TObject, params: unknown): string[] => [...new Set(closedIn(schema, params, [], []))]

function closedIn (schema: TSchema, value: unknown, path: readonly string[], above: readonly TSchema[]): string[] {
  if (value === undefined) return []
  if (schema['composer'] === false) return [path.join('.')]
  const known = schema.$id === undefined ? above : [...above, schema]
  const further = (part: TSchema, item: unknown, name?: string) => closedIn(part, item, name === undefined ? path : [...path, name], known)
  if (KindGuard.IsThis(schema)) return above.filter(({ $id }) => $id === schema.$ref).flatMap(target => further(target, value))
  if (!closes(schema)) return known.length === 0 ? [] : closedParts(schema, value, further)
  return closedParts(schema, value, further)
}
