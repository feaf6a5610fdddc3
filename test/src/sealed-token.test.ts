import { randomBytes } from 'node:crypto'
import { decodeProtectedHeader, EncryptJWT } from 'jose'
import t from 'tap'
import { createSealedTokens } from '../../src/sealed-token.ts'

await t.test('what was sealed is opened, by older keys too, until it ends', async t => {
  const [older, newer] = [randomBytes(32), randomBytes(32)]
  let now = 1_000_000
  const tokens = createSealedTokens<{ a: string }>([newer, older], () => now)
  const token = await tokens.seal({ a: 'secret' }, 1_060_000)
  t.strictSame(await tokens.open(token), { a: 'secret' })
  t.strictSame(await tokens.open(await createSealedTokens([older], () => now).seal({ a: 'b' }, 1_060_000)), { a: 'b' })
  t.strictSame(decodeProtectedHeader(token), { alg: 'dir', enc: 'A256GCM' })
  t.notMatch(Buffer.from(token.split('.').join(''), 'base64url').toString('latin1'), 'secret')
  now = 1_060_000
  await t.rejects(tokens.open(token), RangeError)
})

await t.test('what is not ours, was changed, or has no end is not opened', async t => {
  const key = randomBytes(32)
  const tokens = createSealedTokens([key], Date.now)
  const token = await tokens.seal({}, Date.now() + 60_000)
  const endless = await new EncryptJWT({ claims: {} }).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' }).encrypt(key)
  const foreign = await createSealedTokens([randomBytes(32)], Date.now).seal({}, Date.now() + 60_000)
  for (const text of ['', 'nonsense', `${token}x`, token.replace(/\.[^.]+$/, '.AAAAAAAAAAAAAAAAAAAAAA'), endless, foreign]) await t.rejects(tokens.open(text), RangeError)
})
