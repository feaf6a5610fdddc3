import { Type, type TSchema } from '@sinclair/typebox'
import t from 'tap'
import { jsonExample } from '../../../plugins/links/json-example.ts'

await t.test('jsonExample: has the shape that the schema wants', async t => {
  const rows: Array<[schema: TSchema, example: unknown]> = [
    [Type.Array(Type.Object({ city: Type.String(), floor: Type.Integer() })), [{ city: '…', floor: 1 }]],
    [Type.Record(Type.String(), Type.Number({ minimum: 5 })), { '…': 5 }],
    [Type.Array(Type.Boolean()), [true]],
    [Type.Array(Type.Union([Type.Literal('a'), Type.Literal('b')])), ['a']],
    [Type.Unknown(), '…']
  ]
  for (const [schema, example] of rows) t.strictSame(jsonExample(schema), example)
})
