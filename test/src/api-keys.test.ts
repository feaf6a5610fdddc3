import { createHash } from 'node:crypto'
import t from 'tap'
import { createApiKeys } from '../../src/api-keys.ts'

await t.test('a key is known by its hash, and a hash is no key', async t => {
  const hash = createHash('sha256').update('the key').digest('hex')
  const keys = createApiKeys([hash])
  t.strictSame(['the key', 'another', '', hash].map(key => keys.includes(key)), [true, false, false, false])
  t.equal(createApiKeys([]).includes(''), false)
  t.equal(createApiKeys([createHash('sha256').digest('hex')]).includes(''), false, 'no key lets nobody in')
})
