import t from 'tap'
import { createKeyRing } from '../../../src/crypto/keys.ts'
import { createSelfReports } from '../../../src/http/self-report.ts'

const secret = (byte: number) => Buffer.alloc(32, byte).toString('base64')
const reportsOf = (secret: string, clientId = 'app', now?: () => number) =>
  createSelfReports(createKeyRing(secret), clientId, now)
const report = { peer: '127.0.0.1', isTrusted: false }

await t.test('self-report: is read by whoever asked, after a change of the key too', async t => {
  const asking = reportsOf(`${secret(2)},${secret(1)}`)
  const answer = await reportsOf(`${secret(1)},${secret(2)}`).answer(await asking.ask('one'), report)
  t.strictSame(await asking.read(answer, 'one'), report)
})

await t.test('self-report: refuses another key, application, nonce or age', async t => {
  const ours = reportsOf(secret(1))
  const answer = await ours.answer(await ours.ask('one'), report)
  t.equal(await ours.read(answer, 'two'), undefined)
  t.equal(await ours.read('', 'one'), undefined)
  t.equal(await reportsOf(secret(2)).read(answer, 'one'), undefined)
  t.equal(await reportsOf(secret(1), 'other').read(answer, 'one'), undefined)
  t.equal(await reportsOf(secret(1), 'app', () => Date.now() + 3_600_000).read(answer, 'one'), undefined)
  await t.rejects(reportsOf(secret(2)).answer(await ours.ask('one'), report), RangeError)
})

await t.test('self-report: a question that comes back is no answer', async t => {
  const ours = reportsOf(secret(1))
  t.equal(await ours.read(await ours.ask('one'), 'one'), undefined)
})
