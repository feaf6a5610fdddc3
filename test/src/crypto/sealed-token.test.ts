import { randomBytes } from 'node:crypto'
import { decodeProtectedHeader, EncryptJWT } from 'jose'
import t from 'tap'
import { createSealedTokens } from '../../../src/crypto/sealed-token.ts'

await t.test('sealed token: is opened by newer and older keys until it ends', async t => {
  const [older, newer] = [randomBytes(32), randomBytes(32)]
  let now = 1_000_000
  const tokens = createSealedTokens<{ a: string }>([newer, older], 'passes app', () => now)
  const token = await tokens.seal({ a: 'secret' }, 1_060_000)
  t.strictSame(await tokens.open(token), { a: 'secret' })
  t.strictSame(await tokens.open(await createSealedTokens([older], 'passes app', () => now)
    .seal({ a: 'b' }, 1_060_000)), { a: 'b' })
  t.strictSame(decodeProtectedHeader(token), { alg: 'dir', enc: 'A256GCM' })
  t.notMatch(Buffer.from(token.split('.').join(''), 'base64url').toString('latin1'), 'secret')
  now = 1_060_000
  await t.rejects(tokens.open(token), RangeError)
})

await t.test('sealed token: is not opened when changed, foreign or endless', async t => {
  const key = randomBytes(32)
  const tokens = createSealedTokens([key], 'passes app', Date.now)
  const token = await tokens.seal({}, Date.now() + 60_000)
  const endless = await new EncryptJWT({ claims: {} }).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' }).encrypt(key)
  const foreign = await createSealedTokens([randomBytes(32)], 'passes app', Date.now).seal({}, Date.now() + 60_000)
  for (const text of ['', 'nonsense', `${token}x`, token.replace(
    /\.[^.]+$/, '.AAAAAAAAAAAAAAAAAAAAAA'
  ), endless, foreign]) await t.rejects(tokens.open(text), RangeError)
})

await t.test('sealed token: is opened for its own purpose and application only', async t => {
  const key = randomBytes(32)
  const later = Date.now() + 60_000
  const audiences = ['grants app', 'passes app', 'grants another']
  for (const sealed of audiences) {
    const token = await createSealedTokens([key], sealed, Date.now).seal({ a: 'b' }, later)
    for (const opened of audiences) {
      const visit = createSealedTokens([key], opened).open(token)
      if (opened === sealed) t.strictSame(await visit, { a: 'b' })
      else await t.rejects(visit, RangeError, `${sealed} for ${opened}`)
    }
  }
  const forAnybody = await new EncryptJWT({ claims: {} }).setProtectedHeader({
    alg: 'dir', enc: 'A256GCM'
  }).setExpirationTime('1m').encrypt(key)
  await t.rejects(createSealedTokens([key], 'grants app', Date.now).open(forAnybody), RangeError)
})
