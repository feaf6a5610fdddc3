import { Type, type TObject } from '@sinclair/typebox'
import t from 'tap'
import { mismatchesOf, type OptionsMismatch } from '../../../src/schemas/mismatch.ts'
import { compileOptions, reading } from '../../../src/schemas/options-schema.ts'

const Filter = Type.Object({
  docId: Type.Integer({ minimum: 1 }),
  filter: Type.Optional(Type.Object({ status: Type.Union([Type.Literal('open'), Type.Literal('closed')]) })),
  lines: Type.Optional(Type.Array(Type.Object({ sku: Type.String({ maxLength: 8 }) }))),
  byName: Type.Optional(Type.Record(Type.String(), Type.Integer()))
})

await t.test('compileOptions: gives options the declared types', async t => {
  const toOptions = compileOptions(Filter, Error)
  t.strictSame(toOptions({ docId: '42' }), { docId: 42 })
  t.strictSame(toOptions({ docId: 42, more: '1' }), { docId: 42, more: '1' }, 'undeclared options are kept')
  t.strictSame(
    toOptions({ docId: '42', filter: { status: 'open' }, lines: { 0: { sku: 'A1' } }, byName: [] }),
    { docId: 42, filter: { status: 'open' }, lines: [{ sku: 'A1' }], byName: {} }
  )
})

await t.test('compileOptions: names the parameter of a mismatch, never its value', async t => {
  const closed = Type.Object({ docId: Type.Integer() }, { additionalProperties: false })
  const rows: Array<[schema: TObject, options: Record<string, unknown>, parameter: string]> = [
    [Filter, {}, 'docId'],
    [Filter, { docId: 'secret' }, 'docId'],
    [Filter, { docId: '0' }, 'docId'],
    [Filter, { docId: '1', filter: {} }, 'filter.status'],
    [Filter, { docId: '1', filter: { status: 'secret' } }, 'filter.status'],
    [Filter, { docId: '1', filter: 'secret' }, 'filter'],
    [Filter, { docId: '1', lines: [{ sku: '1' }, { sku: 'secret-secret' }] }, 'lines.1.sku'],
    [Filter, { docId: '1', lines: { secret: { sku: '1' } } }, 'lines'],
    [Filter, { docId: '1', byName: { secret: 'x' } }, 'byName'],
    [closed, { docId: '1', secret: '1' }, ''],
    [Type.Object({ a: closed }), { a: { docId: '1', secret: '1' } }, 'a'],
    [Type.Object({}, { additionalProperties: closed }), { toString: { docId: 'secret' } }, ''],
    [Type.Object({}, { minProperties: 1 }), {}, '']
  ]
  for (const [schema, options, parameter] of rows) {
    t.throws(() => compileOptions(schema, Error)(options), {
      code: 'B24_ERR_OPTIONS_MISMATCH',
      statusCode: 400,
      parameter,
      message: 'PLACEMENT_OPTIONS do not fit the schema of the placement'
    }, JSON.stringify(options))
  }
})

await t.test('compileOptions: takes no integer whose digits are lost, as a number or as text', async t => {
  const id = Type.Integer({ minimum: 1 })
  const schemas = [
    id, Type.Integer(), Type.Integer({ minimum: -1e300, maximum: 1e300 }), Type.Union([Type.Null(), id]),
    Type.Object({ id }), Type.Array(id), Type.Record(Type.String(), id)
  ]
  const wrong = ['1e300', '1e21', '9007199254740993', '9007199254740992', '-9007199254740992', '1.5', '1e-5']
  const texts = [...wrong, '0x10', '1.0', '007', '+1', ' 1', '1_000', '1n', 'Infinity', 'NaN', '-0', '']
  const { MAX_SAFE_INTEGER: most } = Number
  for (const [index, schema] of schemas.entries()) {
    const holding = (value: unknown) => [value, value, value, value, { id: value }, [value], { any: value }][index]
    const toOptions = compileOptions(Type.Object({ ID: schema }), Error)
    for (const value of [...wrong.map(Number), ...texts]) {
      t.throws(() => toOptions({ ID: holding(value) }), { code: 'B24_ERR_OPTIONS_MISMATCH' }, `${index} ${value}`)
    }
    for (const value of [1, most]) t.strictSame(toOptions({ ID: holding(String(value)) }), { ID: holding(value) })
  }
  t.strictSame(compileOptions(Type.Object({ price: Type.Number() }), Error)({ price: 1e300 }), { price: 1e300 })
})

await t.test('compileOptions: fills in defaults', async t => {
  const tab = Type.String({ default: 'main' })
  const toOptions = compileOptions(Type.Object({ tab, wide: Type.Boolean({ default: false }) }), Error)
  t.strictSame(toOptions({ wide: 'Y' }), { tab: 'main', wide: true })
})

await t.test('compileOptions: lists every mismatch, with one reason a parameter', async t => {
  const schema = Type.Object({
    id: Type.Integer({ minimum: 1 }),
    price: Type.Number({ exclusiveMaximum: 100 }),
    name: Type.String({ minLength: 2 }),
    tags: Type.Array(Type.String(), { maxItems: 1 }),
    day: Type.String({ format: 'date' }),
    code: Type.String({ pattern: '^[a-z]+$' }),
    tab: Type.Union([Type.Literal('main'), Type.Literal('history')])
  }, { additionalProperties: false })
  const rows: Array<[options: Record<string, unknown>, reasons: Record<string, string>]> = [
    [{}, Object.fromEntries(Object.keys(schema.properties).map(name => [name, 'required']))],
    [
      { id: '0', price: '100', name: 'a', tags: ['a', 'b'], day: '23.11.', code: '1', tab: 'none', more: '1' },
      {
        '': 'undeclared',
        id: 'range',
        price: 'range',
        name: 'length',
        tags: 'length',
        day: 'format',
        code: 'format',
        tab: 'type'
      }
    ],
    [
      { id: 'x', price: 'x', name: { a: 'b' }, tags: 'a', day: '2026-11-23', code: 'a', tab: 'main' },
      { id: 'type', price: 'type', name: 'type', tags: 'type' }
    ]
  ]
  for (const [options, reasons] of rows) {
    try {
      compileOptions(schema, Error)(options)
      t.fail('it passed')
    } catch (error) {
      const { mismatches, parameter } = error as OptionsMismatch // all that is thrown
      t.strictSame(Object.fromEntries(mismatches.map(({ parameter, reason }) => [parameter, reason])), reasons)
      t.equal(parameter, mismatches[0]?.parameter)
    }
  }
})

await t.test('reading: logs the names of what does not fit, no values', async t => {
  const lines: unknown[] = []
  const log = { warn: (line: object) => { lines.push(line) } }
  const toOptions = compileOptions(Filter, Error)
  const screen = { screen: 'part' }
  t.strictSame(reading(() => toOptions({ docId: '42' }), log, screen), { docId: 42 })
  t.throws(() => reading(() => toOptions({ docId: 'secret' }), log, screen), { code: 'B24_ERR_OPTIONS_MISMATCH' })
  t.throws(() => reading(() => { throw new RangeError('too far') }, log, screen), RangeError)
  t.strictSame(lines, [{ ...screen, parameter: 'docId', expected: 'Expected integer' }])
})

await t.test('mismatchesOf: lists a hundred of very many', async t => {
  const toOptions = compileOptions(Type.Object({ items: Type.Array(Type.Object({ sku: Type.String() })) }), Error)
  const read = () => toOptions({ items: Array.from({ length: 5000 }, () => ({ sku: 1 })) })
  t.equal(mismatchesOf(read).length, 100)
})

await t.test('mismatchesOf: lists the choices of a union of literals', async t => {
  const schema = Type.Object({
    tab: Type.Union([Type.Literal('main'), Type.Literal(2)]),
    size: Type.Union([Type.Integer(), Type.Boolean()])
  })
  t.match(mismatchesOf(() => compileOptions(schema, Error)({ tab: 'none', size: 'x' })), [
    { parameter: 'tab', expected: 'Expected one of "main", 2' }, { parameter: 'size', expected: 'Expected union value' }
  ])
})

await t.test('compileOptions: names the property of a schema that it cannot check', async t => {
  for (const [property, what] of [
    [Type.String({ pattern: '(' }), 'a property "ID" in its schema that TypeBox cannot check'],
    [Type.Array(Type.Unsafe({ type: 'string' })), 'a property "ID" in its schema that TypeBox cannot check'],
    [Type.Ref('other'), 'a property "ID" in its schema that TypeBox cannot check'],
    [Type.Array(Type.String({ format: 'phone' })),
      'a format "phone" in its schema, which knows date, time, date-time, email, uri, uuid']
  ] as const) {
    t.throws(() => compileOptions(Type.Object({ tab: Type.String(), ID: property }), Error), {
      message: new RegExp(`^${what}`)
    })
  }
  t.throws(() => compileOptions(Type.Object({ 'two\nlines': Type.String() }), Error), {
    message: /^a schema that TypeBox cannot check \(/
  })
})
