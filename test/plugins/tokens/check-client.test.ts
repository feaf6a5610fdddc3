import t from 'tap'
import { createAuthorizationServers } from '../../../plugins/auth-token/authorization-server.ts'
import { createHttpClient } from '../../../src/http/http-client.ts'
import { checkClient } from '../../../plugins/tokens/check-client.ts'
import { jsonServerFor } from '../../helper.ts'
import { sandboxFor } from '../../sandbox/helper.ts'

const clientSecret = 'top-secret-of-the-client'

await t.test('says once when no server takes the application and its secret', async t => {
  const { post, close } = createHttpClient({ timeout: 5000 })
  t.after(close)
  const rows: Array<[answers: string[], said: RegExp | undefined]> = [
    [['invalid_grant'], undefined],
    [['invalid_client'], /B24_CLIENT_SECRET/],
    [['wrong_client'], /B24_CLIENT_ID/],
    [['wrong_client', 'invalid_grant'], undefined],
    [['wrong_client', 'wrong_client'], /B24_CLIENT_ID/],
    [['invalid_client', 'wrong_client'], /B24_CLIENT_SECRET/],
    [['invalid_client', 'invalid_grant'], undefined],
    [['wrong_client', 'overload_limit'], undefined],
    [['invalid_client', 'overload_limit'], /B24_CLIENT_SECRET/],
    [['overload_limit'], undefined],
    [['payment_required'], undefined]
  ]
  for (const [answers, said] of rows) {
    const lines: string[] = []
    const servers = await Promise.all(answers.map(error => jsonServerFor(t, 400, { error })))
    const authorizationServers = createAuthorizationServers({ post, clientId: 'local.app', clientSecret, now: Date.now })
    await checkClient({ authorizationServers, servers, log: { error: (fields: object, message?: string) => { lines.push(JSON.stringify(fields) + message) } } })
    t.equal(lines.length, said === undefined ? 0 : 1, answers.join())
    if (said !== undefined) t.match(lines[0], said, answers.join())
    t.notMatch(lines.join(), clientSecret)
  }
})

await t.test('a server of another kind and one that is not there say nothing', async t => {
  const { post, close } = createHttpClient({ timeout: 5000 })
  t.after(close)
  const { authorizationServer, clientId } = await sandboxFor(t)
  const lines: unknown[] = []
  const log = { error: (fields: object) => { lines.push(fields) } }
  const check = (servers: string[]) => checkClient({ authorizationServers: createAuthorizationServers({ post, clientId, clientSecret, now: Date.now }), servers, log })
  await check(['http://127.0.0.1:9', await jsonServerFor(t, 200, { access_token: 'a', member_id: '' })])
  t.strictSame(lines, [])
  await check([authorizationServer])
  t.strictSame(lines, [{ code: 'invalid_client' }])
})
