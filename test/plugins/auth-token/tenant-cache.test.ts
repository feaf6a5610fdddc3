import t from 'tap'
import { createEpochs, remembered } from '../../../plugins/auth-token/verified-calls.ts'
import { cached } from '../../../plugins/auth-token/proof-cache.ts'
import { createTenantCache } from '../../../plugins/auth-token/tenant-cache.ts'
import { proofOf, verifiedCall } from '../../build.ts'

await t.test('tenant cache: the portal with the most entries loses its oldest', async t => {
  const cache = createTenantCache<number>(4)
  cache.set('small', 'a', 1)
  for (const key of ['b', 'c', 'd', 'e', 'f', 'g']) cache.set('large', key, 2)
  const found = () => Object.fromEntries([...'abcdefgh'].map(key => [key, cache.get(key)]))
  t.match(found(), { a: 1, b: undefined, d: undefined, e: 2, f: 2, g: 2 })
  cache.set('large', 'e', 3)
  t.equal(cache.get('e'), 3)
  cache.set('new', 'h', 4)
  t.match(found(), { a: 1, e: 3, f: undefined, g: 2, h: 4 }, 'the oldest is the one that was set first')
  cache.set('small', 'g', 5)
  cache.set('small', 'e', 5)
  t.match(found(), { a: 1, e: 5, g: 5, h: 4 }, 'an entry is about one portal')
})

// Every user of a portal can get as many tokens as they like, and each is good for an hour.
await t.test('proofs: a portal with very many tokens pushes out its own only', async t => {
  const asked: string[] = []
  const ask = cached(async ({ accessToken, memberId }) => {
    asked.push(accessToken)
    return proofOf({ memberId, expiresAt: Date.now() + 60_000 })
  }, { epochs: createEpochs(), now: Date.now, max: 10 })
  const client = { ip: '192.0.2.1', kind: 'with-application-token', servers: [], known: undefined } as const
  const prove = (memberId: string, token: string) => ask({ ...client, memberId, accessToken: token, key: token })
  const verify = remembered(async ({ memberId, authId }) => {
    asked.push(`call ${authId}`)
    return verifiedCall({ memberId, accessToken: authId })
  }, { epochs: createEpochs(), now: Date.now, max: 10 })
  const call = (memberId: string, authId: string) =>
    verify({ memberId, authId, applicationToken: '', serverEndpoint: '', ip: '192.0.2.1', installing: false })
  const victims = ['beta', 'gamma', 'delta']
  for (const victim of victims) {
    await prove(victim, victim)
    await call(victim, victim)
  }
  for (let token = 0; token < 50; token++) {
    await prove('alpha', `token ${token}`)
    await call('alpha', `token ${token}`)
  }
  asked.length = 0
  for (const victim of victims) {
    t.equal((await prove(victim, victim)).isNew, false)
    await call(victim, victim)
  }
  t.strictSame(asked, [])
})
