import t from 'tap'
import type { Test } from 'tap'
import { createAuthorizationServers } from '../../../plugins/auth-token/authorization-server.ts'
import { createHttpClient } from '../../../src/http/http-client.ts'
import {
  AuthorizationServerUnavailableError, NotInstalledError, PaymentRequiredError, TokensLostError, TokensRefusedError
} from '../../../src/errors.ts'
import {
  askInstallation, type AskParts, type InstallationState
} from '../../../plugins/installation/confirm-uninstall.ts'
import type { Installation } from '../../../src/store/installation-store.ts'
import { serverFor } from '../../servers.ts'
import { appInfo } from '../auth-token/verifier.ts'

const now = 1_700_000_000_000
const installation: Installation = {
  memberId: 'm1',
  domain: 'portal.example',
  clientEndpoint: 'https://portal.example/rest/',
  serverEndpoint: '',
  scope: [],
  status: 'L',
  applicationToken: 'application-token',
  tokens: { accessToken: 'stored', refreshToken: 'refresh', expiresAt: now + 1 },
  tokenVersion: 1,
  refreshedAt: now - 1,
  refresh: null,
  userId: 1,
  handlerUrl: null,
  bindings: null,
  hosts: [],
  installedAt: 0,
  updatedAt: 0,
  uninstallRequestedAt: 0,
  uninstallClean: true,
  uninstalledAt: null
}
const expired: Partial<Installation> = { tokens: { accessToken: 'stored', refreshToken: 'refresh', expiresAt: now } }

function serversFor (t: Test, credentials = { clientId: 'local.app', clientSecret: 'top-secret' }) {
  const { post, close } = createHttpClient({ timeout: 5000 })
  t.after(close)
  return createAuthorizationServers({ post, ...credentials, now: () => now })
}

/** Asks for the installation with these changes. */
const ask = (t: Test, servers: string[], changes: Partial<Installation>, refresh: AskParts['refresh']) =>
  askInstallation({ ...installation, ...changes }, {
    servers, authorizationServers: serversFor(t), refresh, now: () => now
  })

const refusal = (error: string) => ({ status: 401, json: { error } })
const alive = { status: 200, json: appInfo() }
const absent = { status: 200, json: appInfo({ install: { installed: false } }) }
const nonsense = { status: 200, json: 'Welcome to nginx!' }

type Answers = { stored?: object, refused?: Error, refreshed?: object }

await t.test('askInstallation: believes the authorization server alone', async t => {
  const rows: Array<[
    name: string, row: Partial<Installation>, answers: Answers, state: InstallationState, asked: string
  ]> = [
    ['still installed', {}, { stored: alive }, 'alive', 'stored'],
    ['known, but not installed', {}, { stored: absent }, 'gone', 'stored'],
    [
      'known as another portal',
      {},
      { stored: { status: 200, json: appInfo({ install: { member_id: 'm2' } }) } },
      'unknown',
      'stored'
    ],
    ...[
      'NOT_INSTALLED', 'no_auth_found', 'invalid_token', 'invalid_grant', 'invalid_client', 'APPLICATION_NOT_FOUND'
    ].map(error =>
      [error, {}, { stored: refusal(error) }, 'gone', 'stored'] satisfies [
        string, object, Answers, InstallationState, string
      ]),
    [
      'a complaint that says nothing of the installation',
      {},
      { stored: refusal('PAYMENT_REQUIRED') },
      'unknown',
      'stored'
    ],
    ['silent', {}, { stored: nonsense }, 'unknown', 'stored'],

    ['expired by our clock, refreshed, installed', expired, { refreshed: alive }, 'alive', 'refresh refreshed'],
    ['expired by our clock, refreshed, not installed', expired, { refreshed: absent }, 'gone', 'refresh refreshed'],
    [
      'expired by our clock, refreshed, gone',
      expired,
      { refreshed: refusal('NOT_INSTALLED') },
      'gone',
      'refresh refreshed'
    ],
    [
      'expired by our clock, refreshed, then a complaint',
      expired,
      { refreshed: refusal('PAYMENT_REQUIRED') },
      'unknown',
      'refresh refreshed'
    ],
    ['expired by our clock, refreshed, then silent', expired, { refreshed: nonsense }, 'unknown', 'refresh refreshed'],
    [
      'expired by theirs',
      {},
      { stored: refusal('expired_token'), refreshed: alive },
      'alive',
      'stored refresh refreshed'
    ],
    [
      'a refresh token that was spent loses no portal',
      expired,
      { refused: new TokensLostError() },
      'unknown',
      'refresh'
    ],
    ['not installed says the refresh', expired, { refused: new NotInstalledError() }, 'gone', 'refresh'],
    [
      'a wrong secret of ours loses no portal',
      expired,
      { refused: new TokensRefusedError('invalid_client') },
      'unknown',
      'refresh'
    ],
    ['a portal that has not paid is not lost', expired, { refused: new PaymentRequiredError() }, 'unknown', 'refresh'],
    ['the refresh is silent', expired, { refused: new AuthorizationServerUnavailableError() }, 'unknown', 'refresh'],

    ['no tokens are stored', { tokens: null }, {}, 'unknown', ''],
    ['the stored server is not on the list', { serverEndpoint: 'https://foreign.example/rest/' }, {}, 'unknown', '']
  ]
  for (const [name, row, answers, state, expected] of rows) {
    const asked: string[] = []
    const server = await serverFor(t, async (request, response) => {
      const body = (await request.toArray()).join('')
      const which = body.includes('refreshed') ? 'refreshed' : 'stored'
      asked.push(which)
      const { status, json } = { ...nonsense, ...answers[which] }
      response.writeHead(status).end(JSON.stringify(json))
    })
    const asking = ask(t, [server], { serverEndpoint: `${server}/rest/`, ...row }, async (memberId, expired) => {
      asked.push('refresh')
      t.strictSame([memberId, expired], [installation.memberId, 'stored'], name)
      if (answers.refused) throw answers.refused
      return 'refreshed'
    })
    t.equal(await asking, state, name)
    t.equal(asked.join(' '), expected, name)
  }
})

await t.test('askInstallation: reads the stored server address in any spelling', async t => {
  const server = await serverFor(t, (_request, response) => response.end(JSON.stringify(appInfo())))
  const { host } = new URL(server)
  for (const serverEndpoint of [`https://${host}/rest`, `HTTP://${host}//REST/`]) {
    t.equal(await ask(t, [server], { serverEndpoint }, async () => ''), 'alive', serverEndpoint)
  }
})

await t.test('askInstallation: throws when the store does not answer', async t => {
  const asking = ask(t, ['https://a.example'], { ...expired, serverEndpoint: 'https://a.example/rest/' }, async () => {
    throw new Error('disk full')
  })
  await t.rejects(asking, { message: 'disk full' })
})
