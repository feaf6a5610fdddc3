import t from 'tap'
import { isSameSecret } from '../../../src/crypto/same-secret.ts'

await t.test('isSameSecret: compares secrets of any length', async t => {
  for (const text of ['', 'a', 'ä'.repeat(1000)]) {
    t.equal(isSameSecret(text, text), true)
    t.equal(isSameSecret(text, `${text}b`), false)
  }
})
