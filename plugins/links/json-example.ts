import { KindGuard, type TSchema } from '@sinclair/typebox'

/** In: the schema of what is typed as JSON. Out: something of that shape, to go by: `[{ city: '…', floor: 1 }]`. */
export function jsonExample (schema: TSchema): unknown {
  if (KindGuard.IsObject(schema)) return Object.fromEntries(Object.entries(schema.properties).map(([name, property]) => [name, jsonExample(property)]))
  if (KindGuard.IsRecord(schema)) return Object.fromEntries(Object.values(schema.patternProperties).map(value => ['…', jsonExample(value)]))
  if (KindGuard.IsArray(schema)) return [jsonExample(schema.items)]
  if (KindGuard.IsUnion(schema)) return schema.anyOf.map(jsonExample)[0]
  if (KindGuard.IsLiteral(schema)) return schema.const
  if (KindGuard.IsInteger(schema) || KindGuard.IsNumber(schema)) return schema.minimum ?? 1
  return KindGuard.IsBoolean(schema) ? true : '…'
}
