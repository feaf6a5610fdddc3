import { readFileSync } from 'node:fs'
import t from 'tap'
import { ask, sandboxFor } from './helper.ts'

const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/payloads/${name}.json`, import.meta.url), 'utf8'))

/** Keys and the types of their values, whatever their order. */
const shape = (value: object) => Object.entries(value).map(([key, item]) => `${key} ${typeof item}`).sort()

await t.test('oauth authorize: a code leads to the application, good for one pair', async t => {
  const sandbox = await sandboxFor(t)
  const { alpha } = sandbox.portals
  const query = new URLSearchParams({ client_id: sandbox.clientId, state: 'my state', user: '2' })
  const answer = await fetch(`${alpha.url}/oauth/authorize/?${query}`, { redirect: 'manual' })
  t.equal(answer.status, 302)
  const target = new URL(answer.headers.get('location') ?? '')
  t.equal(target.origin + target.pathname, 'http://127.0.0.1:9/placement')
  const { code = '', ...others } = Object.fromEntries(target.searchParams)
  t.strictSame([...target.searchParams.keys()], Object.keys(fixture('OAUTH_CODE_REDIRECT').query))
  t.strictSame(others, {
    state: 'my state',
    domain: alpha.domain,
    member_id: alpha.memberId,
    scope: alpha.scope.join(','),
    server_domain: new URL(sandbox.authorizationServer).host
  })

  const redeem = () => ask(`${sandbox.authorizationServer}/oauth/token/`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code', client_id: sandbox.clientId, client_secret: sandbox.clientSecret, code
    })
  })
  const { status, body } = await redeem()
  t.equal(status, 200)
  t.strictSame(shape(body), shape(fixture('OAUTH_CODE_RESPONSE').response))
  t.match(await ask(`${alpha.url}/rest/profile?auth=${String(body.access_token)}`), { body: { result: { ID: '2' } } })
  t.match(await redeem(), { status: 400, body: { error: 'invalid_grant' } }, 'it is spent')
})

await t.test('oauth authorize: a code ends after thirty seconds and at a removal', async t => {
  const sandbox = await sandboxFor(t)
  const { alpha, beta } = sandbox.portals
  const codeAfter = async (milliseconds: number, happened = () => {}) => {
    const answer = await fetch(`${alpha.url}/oauth/authorize?client_id=${sandbox.clientId}`, { redirect: 'manual' })
    const target = new URL(answer.headers.get('location') ?? '')
    t.equal(target.searchParams.get('state'), '')
    const query = new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: sandbox.clientId,
      client_secret: sandbox.clientSecret,
      code: target.searchParams.get('code') ?? ''
    })
    happened()
    const { now } = Date
    Date.now = () => now() + milliseconds
    try {
      return (await ask(`${sandbox.authorizationServer}/oauth/token/?${query}`)).status
    } finally {
      Date.now = now
    }
  }
  t.equal(await codeAfter(29_000), 200)
  t.equal(await codeAfter(31_000), 400)
  t.equal(await codeAfter(0, () => beta.uninstall()), 200, 'elsewhere')
  t.equal(await codeAfter(0, () => alpha.uninstall()), 400)
})

await t.test('oauth authorize: gives no code to an application it does not know', async t => {
  const { portals: { alpha }, wire, clientId } = await sandboxFor(t)
  alpha.uninstall()
  for (const query of ['', '?client_id=local.other', `?client_id=${clientId}`]) {
    const answer = await fetch(`${alpha.url}/oauth/authorize/${query}`, { redirect: 'manual' })
    t.equal(answer.status, 400)
    t.match(answer.headers.get('content-type'), /^text\/html/)
    t.match(await answer.text(), 'Application not found')
  }
  t.match(wire.entries, [{
    to: 'portal', path: '/oauth/authorize/', memberId: alpha.memberId, outcome: 'unknown client'
  }, { fields: { client_id: 'local.other' } }, { outcome: 'unknown client' }])
})
