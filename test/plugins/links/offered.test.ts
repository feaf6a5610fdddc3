import { Type, type TObject, type TSchema } from '@sinclair/typebox'
import t from 'tap'
import { closedPaths, offeredParams } from '../../../plugins/links/offered.ts'

const closed = { composer: false }
const Line = Type.Object({ sku: Type.String(), price: Type.Optional(Type.Integer(closed)) })
const Kinds = Type.Union([
  Type.Object({ kind: Type.Literal('public'), text: Type.Optional(Type.String()) }),
  Type.Object({ kind: Type.Literal('internal'), rebate: Type.Integer(closed), page: Type.Integer({ default: 1 }) }),
  Type.Integer()
])
const Tree = Type.Recursive(This => Type.Object(
  { name: Type.String(), owner: Type.Optional(Type.Integer(closed)), below: Type.Optional(Type.Array(This)) }
), { $id: 'Tree' })

await t.test('closedPaths: finds what people may not write at any depth', async t => {
  const rows: Array<[it: TSchema, value: unknown, paths: string[]]> = [
    [Type.String(closed), 'x', ['it']],
    [Type.String(closed), '', ['it']],
    [Type.Union([Type.Null(), Type.String()], closed), null, ['it']],
    [Type.String(closed), undefined, []],
    [Type.String({ composer: true }), 'x', []],
    [Line, { sku: 'a' }, []],
    [Line, { sku: 'a', price: 1 }, ['it.price']],
    [Line, { sku: 'a', price: 'x' }, ['it.price']],
    [Type.Object({ line: Line }), { line: { price: '1' } }, ['it.line.price']],
    [Type.Object({}, { additionalProperties: Line }), { chosen: { price: 1 } }, ['it.price']],
    [Line, { sku: 'a', toString: 1 }, []],
    [Line, 'x', []],
    [Line, null, []],
    [Type.Array(Line), [{ sku: 'a' }, { sku: 'b', price: 1 }, { price: 2 }], ['it.1.price', 'it.2.price']],
    [Type.Array(Line), { 0: { sku: 'a', price: 1 } }, ['it.0.price']],
    [Type.Array(Type.String(closed)), ['a', 'b'], ['it.0', 'it.1']],
    [Type.Record(Type.String(), Line), { chosen: { sku: 'a', price: 1 }, other: { sku: 'b', price: 1 } }, ['it.price']],
    [Type.Record(Type.String(), Type.Integer(closed)), { chosen: 1 }, ['it']],
    [Type.Tuple([Type.String(), Type.String(closed)]), ['a', 'b'], ['it.1']],
    [Type.Tuple([Type.String(), Line]), ['a'], []],
    [Type.Tuple([]), [], []],
    [Type.Intersect(
      [Type.Object({ sku: Type.String() }), Type.Object({ price: Type.Integer(closed) })]
    ), { sku: 'a', price: 1 }, ['it.price']],
    [Type.Union([Type.Integer(), Type.String(closed)]), 1, []],
    [Type.Union([Type.Integer(), Type.String(closed)]), '1', ['it']],
    [Type.Union([Type.Literal('a'), Type.Literal('b', closed)]), 'a', []],
    [Type.Union([Type.Literal('a'), Type.Literal('b', closed)]), 'b', ['it']],
    [Kinds, { kind: 'public', text: 'x', rebate: 1 }, []],
    [Kinds, { kind: 'internal', rebate: '5' }, ['it.rebate']],
    [Kinds, '7', []],
    [Type.Union([Line, Type.Object({ price: Type.Integer() })]), { sku: 'a', price: '1' }, ['it.price']],
    [Type.Union(
      [Type.Object({ secret: Type.String(closed), page: Type.Integer({ default: 1 }) }), Type.Object({})]
    ), { secret: 'x' }, ['it.secret']],
    [Tree, {
      name: 'a', below: [{ name: 'b' }, { name: 'c', below: [{ name: 'd', owner: 1 }] }]
    }, ['it.below.1.below.0.owner']],
    [Type.Union([Type.Null(), Tree]), { name: 'a', below: [{ name: 'b', owner: 1 }] }, ['it.below.0.owner']],
    [Type.Not(Type.String(closed)), 1, ['it']],
    [Type.Unknown(), { price: 1 }, []]
  ]
  for (const [it, value, paths] of rows) {
    t.strictSame(
      closedPaths(Type.Object({ it }), { it: value }), paths, `${JSON.stringify(it)} ${JSON.stringify(value)}`
    )
  }
  t.strictSame(closedPaths(
    Type.Object({ it: Type.String() }, closed), {}
  ), [''], 'a screen whose parameters people do not write at all')
})

await t.test('offeredParams: leaves out what people may not write', async t => {
  const rows: Array<[it: TSchema, offered: TSchema | undefined]> = [
    [Type.String(closed), undefined],
    [Type.String(), Type.String()],
    [Line, Type.Object({ sku: Type.String() })],
    [Type.Object({ a: Type.Object({ b: Type.String(closed) }) }), undefined],
    [Type.Object({}), Type.Object({})],
    [Type.Array(Line), Type.Array(Type.Object({ sku: Type.String() }))],
    [Type.Array(Type.String(closed)), undefined],
    [Type.Record(Type.String(), Line), Type.Record(Type.String(), Type.Object({ sku: Type.String() }))],
    [Type.Record(Type.String(), Type.String(closed)), undefined],
    [Type.Union([Type.Literal('a'), Type.Literal('b', closed)]), Type.Union([Type.Literal('a')])],
    [Type.Union([Type.Literal('a', closed), Type.Literal('b', closed)]), undefined],
    [Type.Tuple([Line]), undefined]
  ]
  const same = (schema: TObject) => JSON.parse(JSON.stringify(schema.properties))
  for (const [it, offered] of rows) {
    const expected = offered === undefined ? {} : { it: JSON.parse(JSON.stringify(offered)) }
    const single = it['anyOf']?.length === 2 && offered !== undefined
    t.strictSame(same(offeredParams(Type.Object({ it }))), single
      ? {
          it: { anyOf: [{ const: 'a', type: 'string' }] }
        }
      : expected, JSON.stringify(it))
  }
})

await t.test('offeredParams: leaves defaults out that people may not write', async t => {
  const rows: Array<[it: TSchema, start: unknown]> = [
    [Type.Object(Line.properties, { default: { sku: 'a', price: 1 } }), { sku: 'a' }],
    [Type.Array(Line, { default: [{ sku: 'a', price: 1 }, { sku: 'b' }] }), [{ sku: 'a' }, { sku: 'b' }]],
    [Type.Union([Type.Literal('a'), Type.Literal('b', closed)], { default: 'b' }), undefined],
    [Type.Union([Type.Literal('a'), Type.Literal('b', closed)], { default: 'a' }), 'a'],
    [Line, undefined]
  ]
  for (const [it, start] of rows) {
    t.strictSame(offeredParams(Type.Object({ it })).properties['it']?.['default'], start, JSON.stringify(it))
    t.strictSame(it['default'] !== undefined, JSON.stringify(it).includes('"default"'), 'the schema stays as it was')
  }
})
