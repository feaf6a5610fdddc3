import { Type, type TSchema } from '@sinclair/typebox'
import fc from 'fast-check'
import t from 'tap'
import { coerceStrings } from '../../../src/schemas/options-schema.ts'

type Row = [value: unknown, expected: unknown]
const unchanged = (...values: unknown[]): Row[] => values.map(value => [value, value])

const tree = Type.Recursive(Self => Type.Object({
  id: Type.Integer(), twigs: Type.Array(Self), next: Type.Union([Type.Null(), Self])
}))
const rule = (kind: string, Self: TSchema) =>
  Type.Object({ kind: Type.Literal(kind), id: Type.Integer(), next: Type.Optional(Self) })
const rules = Type.Recursive(Self => Type.Union([rule('and', Self), rule('or', Self)]))
/** Rules in each other, as deep as options may be. */
const deep = (id: unknown) => Array.from({ length: 60 }).reduce((next: object, _, index) =>
  ({ kind: index % 2 ? 'and' : 'or', id, next }), { kind: 'or', id })
const twig = (id: unknown, ...twigs: unknown[]) => ({ id, twigs, next: { id, twigs: [], next: null } })

await t.test('coerceStrings: turns text into the declared type where it fits', async t => {
  const table: Array<[name: string, schema: TSchema, rows: Row[]]> = [
    ['string', Type.String(), unchanged('', '42', 'true', 42, true, null, undefined, [], {})],
    ['integer', Type.Integer(), [
      ['42', 42], ['0', 0], ['-7', -7], ['9007199254740991', Number.MAX_SAFE_INTEGER],
      ...unchanged('', ' ', '3.7', '3.0', '007', '+1', '-0', '1e3', '0x10', ' 1', '1 ', '1\n', '٣', '1_000', '1,000'),
      ...unchanged('9007199254740993', 'NaN', 'Infinity'),
      ...unchanged(3.7, true, null, undefined, [], {})
    ]],
    ['number', Type.Number(), [
      ['42', 42], ['3.7', 3.7], ['-0.50', -0.5], ['1e3', 1000], ['1.5E-3', 0.0015], ['1e+21', 1e21],
      ...unchanged('', '.5', '5.', '007', '0x10', '1e999', 'NaN', 'Infinity', '-Infinity', '1,5', ' 1'),
      ...unchanged('1'.repeat(400), false, null)
    ]],
    ['boolean', Type.Boolean(), [
      ['true', true], ['false', false], ['1', true], ['0', false], ['Y', true], ['N', false],
      ...unchanged('', 'TRUE', 'yes', 'y', 'n', 'on', 'off', '2', 'null', 1, 0, null)
    ]],
    ['null', Type.Null(), unchanged('', 'null', null, 0)],
    ['any', Type.Unknown(), unchanged('1', 1, { a: '1' }, ['1'])],
    ['literals', Type.Literal(42), [['42', 42], ...unchanged('042', 42, '43', true)]],
    ['literal text', Type.Literal('42'), unchanged('42', 42)],
    ['literal boolean', Type.Literal(true), [['true', true], ...unchanged('Y', '1', 'false')]],
    ['enum', Type.Enum({ red: 'red', blue: 'blue' }), unchanged('red', 'green', 1)],
    ['optional', Type.Optional(Type.Integer()), [['1', 1]]],
    ['union', Type.Union([Type.Integer(), Type.Boolean(), Type.Null()]), [
      ['1', 1], ['true', true], ['Y', true], ...unchanged('yes', null, 3.7, 5)
    ]],
    ['union with text: text that fits stays', Type.Union([Type.Integer(), Type.String()]), unchanged('1', 1)],
    ['union of objects', Type.Union([Type.Object({ a: Type.Integer() }), Type.Object({ b: Type.Integer() })]), [
      [{ a: '1' }, { a: 1 }], [{ b: '1' }, { b: 1 }], ...unchanged({ c: '1' }, { a: 'x' })
    ]],
    ['object', Type.Object({ id: Type.Integer(), deep: Type.Optional(Type.Object({ on: Type.Boolean() })) }), [
      [{ id: '1', more: '2' }, { id: 1, more: '2' }],
      [{ id: '1', deep: { on: 'Y' } }, { id: 1, deep: { on: true } }],
      [{ toString: '1', hasOwnProperty: '1' }, { toString: '1', hasOwnProperty: '1' }],
      [[], {}],
      ...unchanged(null, 'x', 1)
    ]],
    ['object that arrived as a list', Type.Object({ 0: Type.Integer() }), [[['5'], { 0: 5 }]]],
    ['record', Type.Record(Type.String(), Type.Integer()), [
      [{ a: '1', b: 'x' }, { a: 1, b: 'x' }], [['5', '6'], { 0: 5, 1: 6 }], [[], {}], ...unchanged(null, 'x')
    ]],
    ['list', Type.Array(Type.Integer()), [
      [['1', 'x', 2], [1, 'x', 2]], [{ 0: '1', 1: '2' }, [1, 2]], [{}, []], [[], []],
      ...unchanged({ 1: 'x' }, { 0: 'x', 2: 'y' }, { a: 'x' }, { 0: 'x', URI: '/' }, '1', null)
    ]],
    ['tuple', Type.Tuple([Type.Integer(), Type.Boolean()]), [
      [['1', 'Y'], [1, true]], [{ 0: '1', 1: 'N' }, [1, false]], [['1'], [1]], [['1', 'x', '3'], [1, 'x', '3']],
      ...unchanged(null, 'x')
    ]],
    ['tuple of nothing', Type.Tuple([]), [[{}, []], [['1'], ['1']]]],
    ['tree', Type.Object({ root: tree }), [
      [{ root: twig('1', twig('2', twig('3'))) }, { root: twig(1, twig(2, twig(3))) }],
      [{ root: twig('1', twig('x')) }, { root: twig(1, twig('x')) }]
    ]],
    ['deep tree', rules, [[deep('1'), deep(1)], ...unchanged(deep('x'))]],
    ['list of objects', Type.Array(Type.Object({ id: Type.Integer() })), [[{ 0: { id: '1' } }, [{ id: 1 }]]]]
  ]
  for (const [name, schema, rows] of table) {
    await t.test(name, async t => {
      for (const [value, expected] of rows) t.strictSame(coerceStrings(schema, value), expected, JSON.stringify(value))
    })
  }
})

await t.test('coerceStrings: does not change its input', async t => {
  const input = { id: '1', list: { 0: '1' } }
  coerceStrings(Type.Object({ id: Type.Integer(), list: Type.Array(Type.Integer()) }), input)
  t.strictSame(input, { id: '1', list: { 0: '1' } })
})

await t.test('coerceStrings: reads back a value written as text', async t => {
  const rows: Array<[schema: TSchema, values: fc.Arbitrary<unknown>]> = [
    [Type.Integer(), fc.maxSafeInteger()],
    [Type.Number(), fc.double({ noNaN: true, noDefaultInfinity: true }).filter(value => !Object.is(value, -0))],
    [Type.Boolean(), fc.boolean()],
    [Type.String(), fc.string()]
  ]
  for (const [schema, values] of rows) {
    const readsBack = fc.property(values, value => Object.is(coerceStrings(schema, String(value)), value))
    t.doesNotThrow(() => fc.assert(readsBack, { numRuns: 1000 }))
  }
})

await t.test('coerceStrings: never changes numbers, booleans and null', async t => {
  const schemas = [
    Type.Integer(), Type.Number(), Type.Boolean(), Type.String(), Type.Literal(1), Type.Null(),
    Type.Object({ a: Type.Integer() }), Type.Array(Type.Integer()), Type.Union([Type.Integer(), Type.Boolean()])
  ]
  const values = fc.oneof(fc.integer(), fc.double(), fc.boolean(), fc.constant(null))
  t.doesNotThrow(() => fc.assert(fc.property(fc.constantFrom<TSchema>(...schemas), values, (schema, value) =>
    Object.is(coerceStrings(schema, value), value))))
})
