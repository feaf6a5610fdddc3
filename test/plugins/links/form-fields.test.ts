import { Type, type TSchema } from '@sinclair/typebox'
import t from 'tap'
import { formFields, labelOf, type FormField } from '../../../plugins/links/form-fields.ts'

await t.test('formFields: gives each type of a parameter the input that suits it', async t => {
  const rows: Array<[schema: TSchema, field: Partial<FormField>]> = [
    [Type.Integer({ minimum: 1, maximum: 9 }), { kind: 'number', limits: { min: 1, max: 9, step: 1 } }],
    [Type.Number(), { kind: 'number', limits: { step: 'any' } }],
    [Type.String(), { kind: 'text', limits: {} }],
    [Type.String({ minLength: 2, maxLength: 20, pattern: '^[a-z]+$' }), {
      kind: 'text', limits: { minlength: 2, maxlength: 20, pattern: '.*(?:^[a-z]+$).*' }
    }],
    [Type.String({ maxLength: 500 }), { kind: 'area', limits: { maxlength: 500 } }],
    [Type.String({ format: 'date' }), { kind: 'date' }],
    [Type.String({ format: 'date-time' }), { kind: 'datetime-local' }],
    [Type.String({ format: 'time' }), { kind: 'text' }],
    [Type.String({ format: 'uri' }), { kind: 'url' }],
    [Type.String({ format: 'email' }), { kind: 'email' }],
    [Type.String({ format: 'uuid' }), { kind: 'text' }],
    [Type.Boolean({ default: true }), { kind: 'checkbox', required: false, value: 'true' }],
    [Type.Integer({ default: 7 }), { value: '7' }],
    [Type.Array(Type.String(), { default: ['a', 'b'] }), { kind: 'lines', value: 'a\nb' }],
    [Type.Array(Type.Object({}), { default: [{}] }), { kind: 'json', value: '[{}]' }],
    [Type.Record(Type.String(), Type.Integer(), { default: { a: 1 } }), { kind: 'json', value: '{"a":1}' }],
    [Type.String(
      { format: 'date-time', default: '2026-11-23T10:00:00Z' }
    ), { kind: 'datetime-local', value: '2026-11-23T10:00' }],
    [Type.Union([Type.Literal('a'), Type.Literal(2)]), {
      kind: 'select', choices: [{ value: 'a', title: 'a' }, { value: '2', title: '2' }]
    }],
    [Type.Integer({ pick: 'user', default: 7 }), {
      kind: 'pick', pick: { what: 'user', isMultiple: false }, value: '7'
    }],
    [Type.Array(Type.String(), { pick: 'deal', default: ['1', '2'] }), {
      kind: 'pick', pick: { what: 'deal', isMultiple: true }, value: '1,2'
    }],
    [Type.Array(Type.Integer(), { pick: 'task' }), { kind: 'lines' }],
    [Type.Boolean({ pick: 'user' }), { kind: 'checkbox' }],
    [Type.Integer({ pick: 'planet' }), { kind: 'number' }],
    [Type.Literal('deal'), { kind: 'select', choices: [{ value: 'deal', title: 'deal' }] }],
    [Type.Array(Type.String()), { kind: 'lines' }],
    [Type.Array(Type.Integer()), { kind: 'lines' }],
    [Type.Union(
      [Type.Literal('a', { title: 'Alpha' }), Type.Literal('b')]
    ), { choices: [{ value: 'a', title: 'Alpha' }, { value: 'b', title: 'b' }] }],
    [Type.Array(
      Type.Literal('a', { title: 'Alpha' })
    ), { kind: 'json', choices: [{ value: 'a', title: 'Alpha' }], example: '["a"]' }],
    [Type.Array(Type.Object({ city: Type.String({ title: 'City' }) })), { kind: 'json', example: '[{"city":"…"}]' }],
    [Type.Record(Type.String(), Type.Integer()), { kind: 'json', example: '{"…":1}' }],
    [Type.Union([Type.String(), Type.Integer()]), { kind: 'json' }]
  ]
  for (const [schema, field] of rows) t.match(formFields(Type.Object({ it: schema }))[0], field, JSON.stringify(schema))
})

await t.test('formFields: names a field, explains it, says if it is required', async t => {
  const fields = formFields(Type.Object({
    id: Type.Integer({ title: 'Number', description: 'As on its label' }),
    tab: Type.Optional(Type.String()),
    page: Type.Integer({ default: 1 }),
    filter: Type.Optional(Type.Object({ city: Type.String({ title: 'City' }) }, { title: 'Filter' }))
  }))
  t.match(fields, [
    { path: ['id'], label: 'Number', help: 'As on its label', required: true, value: '' },
    { path: ['tab'], label: 'tab', required: false },
    { path: ['page'], label: 'page', required: false, value: '1' },
    {
      path: ['filter'],
      label: 'Filter',
      kind: 'group',
      required: false,
      fields: [
        { path: ['filter', 'city'], label: 'City', required: true }
      ]
    }
  ])
  t.match(formFields(Type.Object({ stops: Type.Array(Type.Object({ city: Type.String({ title: 'City' }) })) })), [
    { kind: 'json', fields: [{ path: ['stops', 'city'], label: 'City' }] }
  ])
  t.strictSame(formFields(Type.Object({})), [])
})

await t.test('formFields: makes a pattern that finds what the schema finds', async t => {
  const rows: Array<[pattern: string, text: string, fits: boolean]> = [
    ['b', 'abc', true], ['^b', 'abc', false], ['^a', 'abc', true], ['a$|^c', 'cba', true], ['^a$', 'abc', false],
    ['^a$', 'a', true]
  ]
  for (const [pattern, text, fits] of rows) {
    const [field] = formFields(Type.Object({ it: Type.String({ pattern }) }))
    // As a browser reads it.
    t.equal(new RegExp(`^(?:${field?.limits['pattern']})$`, 'v').test(text), fits, `${pattern} in ${text}`)
    t.equal(new RegExp(pattern).test(text), fits)
  }
})

await t.test('formFields: prefers given texts to those of the schema', async t => {
  const schema = Type.Object({
    id: Type.Integer({ title: 'Number', description: 'Help' }),
    filter: Type.Object({ city: Type.Literal('k', { title: 'Cologne' }) }),
    tab: Type.String({ title: 'Tab' })
  })
  const texts = new Map([
    ['filter.city.choice.k', 'Köln'], ['id', 'Nummer'], ['id.help', 'Hilfe'], ['filter.city', 'Ort'],
    ['filter.city.help', 'Wo']
  ])
  t.match(formFields(schema, key => texts.get(key)), [
    { label: 'Nummer', help: 'Hilfe' },
    { label: 'filter', fields: [{ label: 'Ort', help: 'Wo', choices: [{ value: 'k', title: 'Köln' }] }] },
    { label: 'Tab', help: undefined }
  ])
})

await t.test('labelOf: names a parameter as its form does', t => {
  const fields = formFields(Type.Object({
    docId: Type.String({ title: 'Document' }),
    stops: Type.Array(Type.Object({ city: Type.String({ title: 'City' }) }), { title: 'Stops' })
  }))
  const rows = [
    ['docId', 'Document'], ['stops.1.city', 'Stops · City'], ['stops.0', 'Stops'], ['other', 'other'], ['', '']
  ]
  for (const [parameter = '', label] of rows) t.equal(labelOf(fields, parameter), label, parameter)
  t.end()
})
