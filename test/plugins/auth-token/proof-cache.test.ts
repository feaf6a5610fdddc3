import t from 'tap'
import { createProofCache, type Proof } from '../../../plugins/auth-token/proof-cache.ts'

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
  cache.addProof('key', proof, 500, cache.moment())
  t.strictSame(cache.proof('key', 499), proof)
  t.equal(cache.proof('key', 500), undefined)
  t.equal(cache.proof('other', 0), undefined)
})

await t.test('a pair that has passed is kept until its token ends', async t => {
  const cache = createProofCache()
  const stored = { ...proof, installedAt: 7 }
  cache.addPassed('pair', stored, cache.moment())
  t.strictSame(cache.passed('pair', 999), stored)
  t.equal(cache.passed('pair', 1000), undefined)
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
  const add = (begun: number) => {
    for (const memberId of ['m1', 'm2']) {
      cache.addProof(memberId, { ...proof, memberId }, 500, begun)
      cache.addPassed(memberId, { ...proof, memberId }, begun)
    }
  }
  const kept = () => ['m1', 'm2'].flatMap(key => [cache.proof(key, 0)?.memberId, cache.passed(key, 0)?.memberId])
  const before = cache.moment()
  add(before)
  cache.forget('m1')
  t.strictSame(kept(), [undefined, undefined, 'm2', 'm2'])
  add(before)
  t.strictSame(kept(), [undefined, undefined, 'm2', 'm2'], 'what was under way ends, too')
  add(cache.moment())
  t.strictSame(kept(), ['m1', 'm1', 'm2', 'm2'], 'what is proven after it is kept')
})

await t.test('the number is bounded, and refusals do not push out proofs', async t => {
  const cache = createProofCache(3)
  cache.addProof('good', proof, 500, 0)
  for (let i = 0; i < 10; i++) cache.addRefusal(`forged ${i}`, new Error('no'), 500)
  t.ok(cache.proof('good', 0))
  t.equal(cache.refusal('forged 6', 0), undefined)
  t.ok(cache.refusal('forged 7', 0))
})
