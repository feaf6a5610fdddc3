import t from 'tap'
import { batch } from '../../../sandbox/rest/batch.ts'

await t.test('a fault of the sandbox itself is not taken for an answer', async t => {
  t.throws(() => batch({ CMD: ['profile'] }, () => { throw new Error('a bug') }), { message: 'a bug' })
})
