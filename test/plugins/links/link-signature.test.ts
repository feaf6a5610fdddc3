import { randomBytes } from 'node:crypto'
import t from 'tap'
import { createLinkSigner, type SignedLink } from '../../../plugins/links/link-signature.ts'

const [key, olderKey] = [randomBytes(32), randomBytes(32)]
const { sign, verify, identify } = createLinkSigner([key])
const link: SignedLink = {
  appCode: 'local.1',
  memberId: 'm1',
  screen: 'part',
  params: {
    docId: '42', tags: ['a', 'b']
  },
  exp: '1795000000',
  by: '7'
}

await t.test('link signer: verifies what was signed and nothing else', async t => {
  t.equal(verify(link, sign(link)), true)
  const rows: Array<[change: string, Partial<SignedLink>]> = [
    ['another application', { appCode: 'local.2' }],
    ['another portal', { memberId: 'm2' }],
    ['another screen', { screen: 'parts' }],
    ['a changed parameter', { params: { docId: '43', tags: ['a', 'b'] } }],
    ['an added parameter', { params: { docId: '42', tags: ['a', 'b'], page: '1' } }],
    ['a removed parameter', { params: { docId: '42' } }],
    ['parameters in another order', { params: { tags: ['a', 'b'], docId: '42' } }],
    ['a list in another order', { params: { docId: '42', tags: ['b', 'a'] } }],
    ['another end', { exp: '1795000001' }],
    ['no end', { exp: undefined }],
    ['an end that is no number', { exp: 'never' }],
    ['another writer', { by: '8' }],
    ['no writer', { by: undefined }]
  ]
  for (const [name, change] of rows) t.equal(verify({ ...link, ...change }, sign(link)), false, name)
})

/** The last letter of 43 holds four bits of the digest and two that mean nothing. */
const lastBitsOf = (signature: string) => {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return signature.slice(0, -1) + letters[letters.indexOf(signature.slice(-1)) ^ 1]
}

await t.test('link signer: refuses a signature of another length', async t => {
  const signature = sign(link)
  for (const wrong of [
    '', 'undefined', signature.slice(0, -1), signature + 'A', signature.repeat(2), signature.slice(0, 20), '%00',
    '='.repeat(43),
    // What a decoder would overlook.
    ` ${signature}`, `${signature} `, `${signature}=`, `${signature.slice(0, 20)}.${signature.slice(20)}`,
    lastBitsOf(signature)
  ]) {
    t.equal(verify(link, wrong), false, wrong)
  }
})

await t.test('link signer: verifies with older keys while they are listed', async t => {
  const before = createLinkSigner([olderKey]).sign(link)
  t.equal(verify(link, before), false)
  const rotated = createLinkSigner([key, olderKey])
  t.equal(rotated.verify(link, before), true)
  t.equal(rotated.sign(link), sign(link), 'new links are signed with the newest')
})

await t.test('link signer: makes one id for portal, screen and parameters', async t => {
  const id = identify(link)
  t.match(id, /^[\w-]{16}$/)
  t.equal(identify({ ...link, memberId: 'm1' }), id)
  t.equal(createLinkSigner([key, olderKey]).identify(link), id)
  const others: Array<[change: string, id: string]> = [
    ['another portal', identify({ ...link, memberId: 'm2' })],
    ['another screen', identify({ ...link, screen: 'parts' })],
    ['other parameters', identify({ ...link, params: { docId: '43' } })],
    ['another key', createLinkSigner([olderKey]).identify(link)]
  ]
  for (const [name, other] of others) t.not(other, id, name)
})
