import { KindGuard, type TSchema } from '@sinclair/typebox'

export const isNumber = (schema: TSchema): boolean => KindGuard.IsNumber(schema) || KindGuard.IsInteger(schema)

/** Something that fits a schema, as an example of the JSON to type: `[{ city: '…', floor: 1 }]`. */
export function jsonExample (schema: TSchema): unknown {
  const exampleIn = (schemas: Record<string, TSchema>, nameOf = (name: string) => name) =>
    Object.fromEntries(Object.entries(schemas).map(([name, part]) => [nameOf(name), jsonExample(part)]))
  if (KindGuard.IsObject(schema)) return exampleIn(schema.properties)
  if (KindGuard.IsRecord(schema)) return exampleIn(schema.patternProperties, () => '…')
  if (KindGuard.IsArray(schema)) return [jsonExample(schema.items)]
  if (KindGuard.IsUnion(schema)) return schema.anyOf.map(jsonExample)[0]
  if (KindGuard.IsLiteral(schema)) return schema.const
  if (isNumber(schema)) return schema['minimum'] ?? 1
  return KindGuard.IsBoolean(schema) ? true : '…'
}
