import t from 'tap'
import { createKeyRing } from '../../../src/crypto/keys.ts'
import { createCipher } from '../../../src/crypto/encryption.ts'

const keyRing = (...bytes: number[]) =>
  createKeyRing(bytes.map((byte) => Buffer.alloc(32, byte).toString('base64')).join())
const [newer, older] = [keyRing(2).derive('store'), keyRing(1).derive('store')]
const cipher = createCipher([...newer, ...older])
const column = 'access_token'

t.test('encryption: gives text back, and looks different each time', async (t) => {
  for (const text of ['token', '', 'токен 😀', 'x'.repeat(10_000)]) {
    const stored = cipher.encrypt(text, 'portal', column)
    t.match(stored, new RegExp(`^v1\\.${newer[0]?.id}\\.[\\w-]{16}\\.[\\w-]{22}\\.[\\w-]*$`))
    t.equal(cipher.decrypt(stored, 'portal', column), text)
    t.not(cipher.encrypt(text, 'portal', column), stored)
  }
})

t.test('encryption: every key decrypts, the newest encrypts', async (t) => {
  const stored = createCipher(older).encrypt('token', 'portal', column)
  t.equal(cipher.decrypt(stored, 'portal', column), 'token')
  t.equal(createCipher(newer).decrypt(cipher.encrypt('token', 'portal', column), 'portal', column), 'token')
})

t.test('encryption: refuses text of an unknown key', async (t) => {
  const stored = cipher.encrypt('token', 'portal', column)
  const rows: Array<[string, string]> = [
    ['another key', createCipher(keyRing(3).derive('store')).encrypt('token', 'portal', column)],
    ['another version', stored.replace('v1', 'v2')],
    ['plain text', 'token'],
    ['nothing', '']
  ]
  for (const [name, text] of rows) {
    t.throws(() => cipher.decrypt(text, 'portal', column), {
      code: 'B24_ERR_STORE_KEY',
      message: 'The stored access_token cannot be decrypted: APP_SECRET does not hold the key it was written with'
    }, name)
  }
})

t.test('encryption: refuses text that was tampered with', async (t) => {
  const [version = '', id = '', iv = '', tag = '', ciphertext = ''] = cipher.encrypt('token', 'portal', column).split(
    '.'
  )
  const flip = (part: string) => `${part.startsWith('A') ? 'B' : 'A'}${part.slice(1)}`
  const rows: Array<[string, string[], string?, string?]> = [
    ['the initialization vector', [version, id, flip(iv), tag, ciphertext]],
    ['the tag', [version, id, iv, flip(tag), ciphertext]],
    ['a shorter tag', [version, id, iv, tag.slice(0, 8), ciphertext]],
    ['the ciphertext', [version, id, iv, tag, flip(ciphertext)]],
    ['the key', [version, older[0]?.id ?? '', iv, tag, ciphertext]],
    ['parts missing', [version, id]],
    ['another portal', [version, id, iv, tag, ciphertext], 'other'],
    ['another column', [version, id, iv, tag, ciphertext], 'portal', 'refresh_token']
  ]
  for (const [name, parts, memberId = 'portal', place = column] of rows) {
    t.throws(() => cipher.decrypt(parts.join('.'), memberId, place), {
      code: 'B24_ERR_STORE_KEY',
      message: `The stored ${place} cannot be decrypted: it was changed, or belongs to another portal or column`
    }, name)
  }
})

t.test('encryption: makes no cipher without keys', async (t) => {
  t.throws(() => createCipher([]), RangeError)
})
