import t from 'tap'
import type { UnverifiedCall } from '../../../plugins/auth-token/calls.ts'
import { noticed } from '../../../plugins/auth-token/notices.ts'
import { ApplicationTokenError, ForeignApplicationError, ServerEndpointError } from '../../../src/errors.ts'
import { memberHash } from '../../../src/log/logger.ts'
import { verifiedCall } from '../../build.ts'

/** Calls that fail with the errors that the test gives, and the lines that are logged. */
function noticesFor () {
  const clock = { now: 1_700_000_000_000 }
  const lines: Array<{ fields: object, message: string }> = []
  const log = { warn: (fields: object, message?: string) => { lines.push({ fields, message: String(message) }) } }
  let failure: unknown
  const verify = noticed(async () => { throw failure }, { log, clientId: 'local.ours', now: () => clock.now })
  async function fail (error: unknown, serverEndpoint = ''): Promise<void> {
    failure = error
    const call: UnverifiedCall = {
      memberId: 'm1',
      authId: 'secret-token',
      applicationToken: 'secret',
      serverEndpoint,
      ip: '192.0.2.1',
      installing: false
    }
    const thrown: unknown = await verify(call).catch((error: unknown) => error)
    if (thrown !== error) throw new Error('another error was thrown')
  }
  return { clock, lines, fail, failWith: (endpoint: string) => fail(new ServerEndpointError(), endpoint) }
}

await t.test('noticed: returns the verified call', async t => {
  const verified = verifiedCall()
  const verify = noticed(async () => verified, { log: { warn () {} }, clientId: 'local.ours', now: Date.now })
  const call = { memberId: '', authId: '', applicationToken: '', serverEndpoint: '', ip: '', installing: false }
  t.equal(await verify(call), verified)
})

await t.test('noticed: names both applications when a token was issued for another', async t => {
  const { lines, fail } = noticesFor()
  await fail(new ForeignApplicationError('local.theirs'))
  t.match(lines, [{
    fields: { member: memberHash('m1'), issuedFor: 'local.theirs', clientId: 'local.ours' },
    message: /local\.theirs.*B24_CLIENT_ID.*local\.ours.*card/
  }])
  for (const odd of ['', 'x y', 'line\nbreak', 'x'.repeat(101)]) await fail(new ForeignApplicationError(odd))
  t.equal(lines.length, 2)
  t.match(lines[1], { fields: { issuedFor: 'unreadable' } })
})

await t.test('noticed: names the host of an unlisted server and no more of it', async t => {
  const rows: Array<[endpoint: string, server: string]> = [
    ['https://oauth.example.com/rest/', 'oauth.example.com'],
    ['https://oauth.example.org:8443/rest/?auth=secret', 'oauth.example.org:8443'],
    ['https://user:secret@oauth.example.net/rest/', 'oauth.example.net'],
    ['secret', 'unreadable']
  ]
  const { lines, failWith } = noticesFor()
  for (const [endpoint, server] of rows) {
    await failWith(endpoint)
    t.match(lines.at(-1), { fields: { server }, message: /B24_OAUTH_SERVERS/ }, endpoint)
  }
  t.equal(lines.length, rows.length)
  const odd = ['', 'https://', 'mailto:secret', `https://${'x'.repeat(120)}.example/`, 'https://[::1]/']
  for (const endpoint of odd) await failWith(endpoint)
  t.equal(lines.length, rows.length, 'unreadable hosts share one notice')
  t.notMatch(JSON.stringify(lines), 'secret')
})

await t.test('noticed: repeats a notice after a minute, and logs twenty in all', async t => {
  const { clock, lines, failWith } = noticesFor()
  for (let n = 0; n < 3; n++) await failWith('https://oauth.example.com/rest/')
  t.equal(lines.length, 1)
  clock.now += 60_001
  await failWith('https://oauth.example.com/rest/')
  t.equal(lines.length, 2)
  for (let n = 0; n < 1000; n++) await failWith(`https://oauth${n}.example.com/rest/`)
  t.equal(lines.length, 21)
  clock.now += 60_001
  await failWith('https://oauth0.example.com/rest/')
  t.equal(lines.length, 22)
})

await t.test('noticed: says nothing of errors that no setting causes', async t => {
  const { lines, fail } = noticesFor()
  for (const error of [new ApplicationTokenError(), new Error('a bug'), undefined]) await fail(error)
  t.strictSame(lines, [])
})
