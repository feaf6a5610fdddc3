import t from 'tap'
import { ApplicationTokenError, ForeignApplicationError, ServerEndpointError } from '../../../src/errors.ts'
import { memberHash } from '../../../src/log/logger.ts'
import { createRefusalNotices } from '../../../plugins/auth-token/notices.ts'
import type { UnverifiedCall } from '../../../plugins/auth-token/verify-call.ts'

const claim: UnverifiedCall = { memberId: 'm1', authId: 'secret-token', applicationToken: 'secret', serverEndpoint: '', caller: '192.0.2.1', installing: false }

function noticesFor () {
  const clock = { now: 1_700_000_000_000 }
  const lines: Array<{ fields: object, message: string }> = []
  const log = { warn: (fields: object, message?: string) => { lines.push({ fields, message: String(message) }) } }
  const note = createRefusalNotices({ log, clientId: 'local.ours', now: () => clock.now })
  return { clock, lines, note, noteServer: (serverEndpoint: string) => note({ ...claim, serverEndpoint }, new ServerEndpointError()) }
}

await t.test('both applications are named when a token was issued for another one', async t => {
  const { lines, note } = noticesFor()
  note(claim, new ForeignApplicationError('local.theirs'))
  t.match(lines, [{ fields: { member: memberHash('m1'), issuedFor: 'local.theirs', clientId: 'local.ours' }, message: /local\.theirs.*B24_CLIENT_ID.*local\.ours.*card/ }])
  for (const odd of ['', 'x y', 'line\nbreak', 'x'.repeat(101)]) note(claim, new ForeignApplicationError(odd))
  t.strictSame(lines.length, 2)
  t.match(lines[1], { fields: { issuedFor: 'unreadable' } })
})

await t.test('the host of a server that is not on the list is named, and nothing else of the address', async t => {
  const rows: Array<[endpoint: string, server: string]> = [
    ['https://oauth.example.com/rest/', 'oauth.example.com'],
    ['https://oauth.example.org:8443/rest/?auth=secret', 'oauth.example.org:8443'],
    ['https://user:secret@oauth.example.net/rest/', 'oauth.example.net'],
    ['secret', 'unreadable']
  ]
  const { lines, noteServer } = noticesFor()
  for (const [endpoint, server] of rows) {
    noteServer(endpoint)
    t.match(lines.at(-1), { fields: { server }, message: /B24_OAUTH_SERVERS/ }, endpoint)
  }
  t.equal(lines.length, rows.length)
  for (const endpoint of ['', 'https://', 'mailto:secret', `https://${'x'.repeat(120)}.example/`, 'https://[::1]/']) noteServer(endpoint)
  t.equal(lines.length, rows.length, 'what names no host is one and the same')
  t.notMatch(JSON.stringify(lines), 'secret')
})

await t.test('what is said once is said again after a minute, and others cannot fill the log', async t => {
  const { clock, lines, noteServer } = noticesFor()
  for (let n = 0; n < 3; n++) noteServer('https://oauth.example.com/rest/')
  t.equal(lines.length, 1)
  clock.now += 60_001
  noteServer('https://oauth.example.com/rest/')
  t.equal(lines.length, 2)
  for (let n = 0; n < 1000; n++) noteServer(`https://oauth${n}.example.com/rest/`)
  t.equal(lines.length, 21)
  clock.now += 60_001
  noteServer('https://oauth0.example.com/rest/')
  t.equal(lines.length, 22)
})

await t.test('what no setting can mend is not said', async t => {
  const { lines, note } = noticesFor()
  for (const error of [new ApplicationTokenError(), new Error('a bug'), undefined]) note(claim, error)
  t.strictSame(lines, [])
})
