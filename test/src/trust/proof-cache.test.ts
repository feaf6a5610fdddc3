import t from 'tap'
import { createProofCache, type Proof } from '../../../src/trust/proof-cache.ts'

const proof: Proof = {
  memberId: 'm1',
  domain: 'portal.example',
  clientEndpoint: 'https://portal.example/rest/',
  serverEndpoint: 'https://oauth.example/rest/',
  scope: ['crm'],
  status: 'L',
  clientId: 'local.app',
  origin: 'https://portal.example',
  userId: 1,
  installed: true,
  expiresAt: 1000
}

await t.test('a proof is kept until its time', async t => {
  const cache = createProofCache()
  cache.addProof('key', proof, 500)
  t.strictSame(cache.entry('key', 499)?.proof, proof)
  t.equal(cache.entry('key', 500), undefined)
  t.equal(cache.entry('other', 0), undefined)
})

await t.test('a refusal is kept until its time', async t => {
  const cache = createProofCache()
  const error = new Error('no')
  cache.addRefusal('key', error, 500)
  t.equal(cache.refusal('key', 499), error)
  t.equal(cache.refusal('key', 500), undefined)
  t.equal(cache.refusal('other', 0), undefined)
})

await t.test('the proofs of one portal are forgotten, those of others stay', async t => {
  const cache = createProofCache()
  for (const key of ['a', 'b']) cache.addProof(key, proof, 500)
  cache.addProof('c', { ...proof, memberId: 'm2' }, 500)
  cache.forget('m1')
  t.strictSame(['a', 'b', 'c'].map(key => cache.entry(key, 0)?.proof.memberId), [undefined, undefined, 'm2'])
})

await t.test('the number is bounded, and refusals do not push out proofs', async t => {
  const cache = createProofCache(3)
  cache.addProof('good', proof, 500)
  for (let i = 0; i < 10; i++) cache.addRefusal(`forged ${i}`, new Error('no'), 500)
  t.ok(cache.entry('good', 0))
  t.equal(cache.refusal('forged 6', 0), undefined)
  t.ok(cache.refusal('forged 7', 0))
})
