import { createHash } from 'node:crypto'
import t from 'tap'
import { createApiKeys } from '../../../plugins/links/api-keys.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const erp = { name: 'erp', sha256: sha256('the key') }
const ip = '198.51.100.7'

/** The name of the key, or the code of the refusal. */
const outcome = (keys: ReturnType<typeof createApiKeys>, key: string, ip: string) => {
  try {
    return keys.find(key, ip).name
  } catch (error) {
    return (error as { code?: string }).code // nothing else is thrown
  }
}

await t.test('API keys: are found by their hash, which is no key itself', async t => {
  const keys = createApiKeys([erp])
  t.strictSame(['the key', 'another', '', erp.sha256].map(
    key => outcome(keys, key, ip)
  ), ['erp', 'B24_ERR_API_KEY', 'B24_ERR_API_KEY', 'B24_ERR_API_KEY'])
  t.equal(outcome(createApiKeys([]), '', ip), 'B24_ERR_API_KEY')
  t.equal(
    outcome(createApiKeys([{ name: 'empty', sha256: sha256('') }]), '', ip), 'B24_ERR_API_KEY', 'no key lets nobody in'
  )
})

await t.test('API keys: hold off a network that guesses', async t => {
  for (const [name, address, guesses] of [
    ['one address', () => '198.51.100.7', 10],
    ['one address with many ports', index => `198.51.100.7:${1024 + index}`, 10],
    ['one /64', index => `2001:db8:1:2::${index.toString(16)}`, 10],
    ['one /48', index => `2001:db8:1:${index.toString(16)}::1`, 40]
  ] as Array<[string, (index: number) => string, number]>) {
    const clock = { now: 0 }
    const keys = createApiKeys([erp], () => clock.now)
    const outcomes = Array.from({ length: 100 }, (_, index) => outcome(keys, `guess ${index}`, address(index)))
    t.equal(outcomes.filter(code => code === 'B24_ERR_API_KEY').length, guesses, name)
    t.equal(outcomes.at(-1), 'B24_ERR_RATE_LIMITED', name)
    t.equal(outcome(keys, 'the key', address(100)), 'B24_ERR_RATE_LIMITED', `${name}: a right guess is not told either`)
    t.equal(outcome(keys, 'the key', '192.0.2.1'), 'erp', `${name}: others are not concerned`)
    clock.now += 60_000
    t.equal(outcome(keys, 'the key', address(100)), 'erp', `${name}: a minute later`)
  }
})

await t.test('API keys: have a limit each when used without pause', async t => {
  const clock = { now: 0 }
  const keys = createApiKeys([erp, { name: 'crm', sha256: sha256('other') }], () => clock.now)
  const outcomes = Array.from({ length: 601 }, (_, index) => outcome(keys, 'the key', `192.0.2.${index % 200}`))
  t.strictSame([outcomes.filter(name => name === 'erp').length, outcomes.at(-1)], [600, 'B24_ERR_RATE_LIMITED'])
  t.equal(outcome(keys, 'other', ip), 'crm')
  clock.now += 20
  t.equal(outcome(keys, 'the key', ip), 'erp')
})
