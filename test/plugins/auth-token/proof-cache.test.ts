import t from 'tap'
import type { Proof, Question } from '../../../plugins/auth-token/calls.ts'
import { createEpochs } from '../../../plugins/auth-token/verified-calls.ts'
import { cached, shared } from '../../../plugins/auth-token/proof-cache.ts'
import {
  AuthIdExpiredError, AuthIdUnknownError, AuthorizationServerUnavailableError, NotInstalledError, PaymentRequiredError,
  PortalAddressError, TooManyProofsError
} from '../../../src/errors.ts'
import { installationOf, proofOf } from '../../build.ts'

const start = 1_700_000_000_000
const proof = proofOf({ expiresAt: start + 1000 })

/** A cache over a question that the test answers. `ask` gives `new`, `cached` or the code of the error. */
function cacheFor (max?: number) {
  const scene = { now: start, asked: 0, answer: async (): Promise<Proof> => proof }
  const epochs = createEpochs()
  const ask = cached(async () => {
    scene.asked++
    return await scene.answer()
  }, { epochs, now: () => scene.now, ...(max !== undefined && { max }) })
  return {
    scene,
    epochs,
    ask: (key = 'key', known?: Question['known']) => {
      const client = { memberId: 'm1', ip: '192.0.2.1', kind: 'installation' } as const
      const question = { ...client, accessToken: key, key, servers: [], known }
      return ask(question).then(({ isNew }) => isNew ? 'new' : 'cached', error => error.code)
    }
  }
}

await t.test('cached: keeps a proof until its token expires', async t => {
  const { ask, scene } = cacheFor()
  t.equal(await ask(), 'new')
  scene.now += 999
  t.equal(await ask(), 'cached')
  t.equal(await ask('other'), 'new')
  scene.now += 1
  t.equal(await ask(), 'new')
})

await t.test('cached: keeps a proof of an uninstalled application for ten seconds', async t => {
  for (const [expiresIn, kept] of [[1_800_000, 10_000], [5000, 5000]] as const) {
    const { ask, scene } = cacheFor()
    scene.answer = async () => ({ ...proof, installed: false, expiresAt: start + expiresIn })
    t.equal(await ask(), 'new')
    scene.now += kept - 1
    t.equal(await ask(), 'cached')
    scene.now++
    t.equal(await ask(), 'new')
  }
})

await t.test('cached: keeps errors that are answers for ten seconds, no others', async t => {
  const answers = [AuthIdUnknownError, AuthIdExpiredError, NotInstalledError, PaymentRequiredError, PortalAddressError]
  const others = [AuthorizationServerUnavailableError, TooManyProofsError, TypeError]
  for (const Kind of [...answers, ...others]) {
    const { ask, scene } = cacheFor()
    const error = new Kind()
    scene.answer = async () => { throw error }
    const code = 'code' in error ? error.code : undefined
    t.equal(await ask(), code)
    scene.now += 9999
    t.equal(await ask(), code)
    t.equal(scene.asked, answers.some(answer => answer === Kind) ? 1 : 2, code ?? 'a bug')
    scene.asked = 0
    scene.now += 10_000
    t.equal(await ask(), code)
    t.equal(scene.asked, 1)
  }
})

await t.test('cached: keeps nothing short for longer when the clock is put back', async t => {
  const { ask, scene } = cacheFor()
  scene.answer = async () => { throw new AuthIdUnknownError() }
  t.equal(await ask(), 'B24_ERR_AUTH_ID_UNKNOWN')
  scene.now -= 3_600_000
  scene.answer = async () => ({ ...proof, installed: false })
  t.equal(await ask(), 'new')
  scene.now -= 3_600_000
  t.equal(await ask(), 'new')
  t.equal(await ask(), 'cached')
})

await t.test('cached: keeps a proof for no longer than a token lives when the clock is put back', async t => {
  const { ask, scene } = cacheFor()
  scene.answer = async () => ({ ...proof, expiresAt: scene.now + 3_600_000 })
  t.equal(await ask(), 'new')
  t.equal(await ask(), 'cached')
  scene.now -= 7_200_000
  t.equal(await ask(), 'new', 'the server knows whether it has expired')
  t.equal(await ask(), 'cached')
})

await t.test('cached: asks anew about a portal that may be uninstalled', async t => {
  const { ask } = cacheFor()
  const known = installationOf({ installedAt: 1 })
  t.equal(await ask(), 'new')
  t.equal(await ask('key', known), 'cached')
  t.equal(await ask('key', { ...known, uninstallRequestedAt: 2 }), 'new')
  t.equal(await ask('key', { ...known, uninstalledAt: 2 }), 'new')
})

await t.test('cached: drops proofs when an epoch ends, also those under way', async t => {
  const { ask, scene, epochs } = cacheFor()
  t.equal(await ask(), 'new')
  epochs.end('m2')
  t.equal(await ask(), 'cached')
  epochs.end('m1')
  scene.answer = async () => {
    epochs.end('m1')
    return proof
  }
  t.equal(await ask(), 'new')
  scene.answer = async () => proof
  t.equal(await ask(), 'new')
  t.equal(await ask(), 'cached')
})

await t.test('cached: is limited, and errors push out no proofs', async t => {
  const { ask, scene } = cacheFor(3)
  t.equal(await ask('good'), 'new')
  scene.answer = async () => { throw new AuthIdUnknownError() }
  for (let i = 0; i < 10; i++) await ask(`forged ${i}`)
  t.equal(await ask('good'), 'cached')
  scene.asked = 0
  await ask('forged 7')
  t.equal(scene.asked, 0)
  await ask('forged 6')
  t.equal(scene.asked, 1)
})

await t.test('shared: asks once for all who ask at the same time', async t => {
  let asked = 0
  const answers: Array<PromiseWithResolvers<string>> = []
  const ask = shared((_question: string) => {
    asked++
    const answer = Promise.withResolvers<string>()
    answers.push(answer)
    return answer.promise
  }, question => question.toLowerCase())
  const outcomes = () => ['one', 'ONE', 'two', 'one'].map(question => ask(question).catch(error => error.message))

  const good = outcomes()
  answers[0]?.resolve('first')
  answers[1]?.resolve('second')
  t.strictSame(await Promise.all(good), ['first', 'first', 'second', 'first'])
  t.equal(asked, 2)

  const bad = outcomes()
  t.equal(asked, 4, 'an answer is not kept')
  answers[2]?.reject(new Error('no'))
  answers[3]?.resolve('second')
  t.strictSame(await Promise.all(bad), ['no', 'no', 'second', 'no'])
})
