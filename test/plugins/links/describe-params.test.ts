import t from 'tap'
import { describeParams } from '../../../plugins/links/describe-params.ts'

await t.test('options become one line a leaf, in their order, with the type they were decoded to', async t => {
  t.strictSame(describeParams({ docId: '42', n: 42, f: 1.5, on: true, nothing: null, filter: { status: ['a', { b: '' }] }, empty: [] }), [
    { name: 'docId', value: '42', type: 'string' },
    { name: 'n', value: '42', type: 'integer' },
    { name: 'f', value: '1.5', type: 'number' },
    { name: 'on', value: 'true', type: 'boolean' },
    { name: 'nothing', value: 'null', type: 'null' },
    { name: 'filter.status.0', value: 'a', type: 'string' },
    { name: 'filter.status.1.b', value: '', type: 'string' }
  ])
  t.strictSame(describeParams({}), [])
})
