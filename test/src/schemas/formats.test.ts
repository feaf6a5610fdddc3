import { FormatRegistry, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import t from 'tap'
import { formats, registerFormats } from '../../../src/schemas/formats.ts'

await t.test('formats: check texts by the format that a schema names', async t => {
  registerFormats()
  const rows: Record<typeof formats[number], [good: string, bad: string]> = {
    date: ['2026-11-23', '2026-02-30'],
    time: ['10:00:00Z', '25:00:00Z'],
    'date-time': ['2026-11-23T10:00:00+01:00', '2026-11-23'],
    email: ['anna@example.com', 'anna@'],
    uri: ['https://example.com/a?b', 'example'],
    uuid: ['2ffdc063-a243-4188-850a-2c7425e19ba5', '2ffdc063']
  }
  for (const format of formats) {
    const [good, bad] = rows[format]
    const schema = Type.String({ format })
    t.strictSame([good, bad].map(text => Value.Check(schema, text)), [true, false], format)
  }
})

await t.test('formats: keep one that somebody else has registered', async t => {
  const date = FormatRegistry.Get('date')
  const own = () => true
  FormatRegistry.Set('date', own)
  t.teardown(() => { if (date !== undefined) FormatRegistry.Set('date', date) })
  registerFormats()
  t.equal(FormatRegistry.Get('date'), own)
})
