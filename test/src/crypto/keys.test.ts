import t from 'tap'
import { createKeyRing } from '../../../src/crypto/keys.ts'

const newer = Buffer.alloc(32, 2).toString('base64')
const older = Buffer.alloc(32, 1).toString('base64')

t.test('keys: derivation never changes, as stored data depends on it', async (t) => {
  // Computed with `openssl kdf ... HKDF`
  t.strictSame(createKeyRing(older).derive('store'), [{
    id: 'a6adbc4d',
    key: Buffer.from('ba6b376ed6ea9796b5870669a568572d4584dc65742213909ae29e6c11632b95', 'hex')
  }])
})

t.test('keys: several are derived newest first, whatever spaces are there', async (t) => {
  const both = createKeyRing(` ${newer} ,\n${older}`).derive('store')
  t.strictSame(both, [...createKeyRing(newer).derive('store'), ...createKeyRing(older).derive('store')])
  t.not(both[0]?.id, both[1]?.id)
})

t.test('keys: each purpose has its own key and id', async (t) => {
  const keyRing = createKeyRing(newer)
  const [store] = keyRing.derive('store')
  const [session] = keyRing.derive('page session')
  t.notOk(store?.key.equals(session?.key ?? Buffer.alloc(0)))
  t.not(store?.id, session?.id)
})

t.test('keys: a malformed one is named by its position only', async (t) => {
  const rows: Array<[string, string, number]> = [
    ['nothing', '', 1],
    ['text', 'correct horse battery staple', 1],
    ['31 bytes', Buffer.alloc(31, 7).toString('base64'), 1],
    ['33 bytes', Buffer.alloc(33, 7).toString('base64'), 1],
    ['hex', Buffer.alloc(32, 7).toString('hex'), 1],
    ['base64 without its padding', newer.slice(0, -1), 1],
    ['base64 with a sign too many', `${newer}!`, 1],
    ['a trailing comma', `${newer},`, 2],
    ['a malformed second key', `${newer},secret`, 2]
  ]
  for (const [name, secret, position] of rows) {
    t.throws(() => createKeyRing(secret), { message: `APP_SECRET: key ${position} is not 32 bytes of base64` }, name)
  }
})
