import t from 'tap'
import { startService } from '../service.ts'

await t.test('metrics: count refreshes by outcome, without naming a portal', async t => {
  const { url, install, sandbox: { portals: { alpha } }, fastify, store } = await startService(t)
  await install()
  const expire = async () => {
    const row = await store.get(alpha.memberId)
    const tokens = { accessToken: '', refreshToken: '', ...row?.tokens, expiresAt: 0 }
    await store.replaceTokens(alpha.memberId, tokens, Date.now())
  }
  await expire()
  await fastify.tokens.holder(alpha.memberId)
  await expire()
  alpha.uninstall()
  await t.rejects(fastify.tokens.holder(alpha.memberId), { code: 'B24_ERR_NOT_INSTALLED' })
  const answer = await fetch(new URL('/metrics', url))
  const text = await answer.text()
  t.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
  t.match(text, '\nb24_token_refreshes_total{outcome="refreshed"} 1\n')
  t.match(text, '\nb24_token_refreshes_total{outcome="lost"} 0\n')
  t.match(text, '\n# TYPE b24_token_refresh_errors_total counter\n')
  t.match(text, '\nb24_token_refresh_errors_total{code="not_installed"} 1\n')
  t.match(text, '\nb24_token_refresh_errors_total{code="other"} 0\n')
  t.notMatch(text, alpha.memberId)
})

await t.test('metrics: need METRICS_TOKEN where it is set', async t => {
  const { url } = await startService(t, { env: { METRICS_TOKEN: 'for prometheus' } })
  for (const [authorization, status] of [
    ['Bearer for prometheus', 200], ['bearer for prometheus', 200], ['BEARER for prometheus', 200],
    ['Bearer for prometheus ', 200], [undefined, 401], ['Bearer', 401], ['Bearer for', 401],
    ['Basic for prometheus', 401]
  ] as const) {
    const headers = new Headers(authorization === undefined ? {} : { authorization })
    const answer = await fetch(new URL('/metrics', url), { headers })
    t.equal(answer.status, status, String(authorization))
    if (status === 401) t.match(await answer.json(), { error: 'B24_ERR_METRICS_TOKEN', message: /METRICS_TOKEN/ })
    else t.match(await answer.text(), 'b24_token_refreshes_total')
  }
})

await t.test('metrics: count proofs and REST calls as they end', async t => {
  const { url, call, install, fastify, sandbox } = await startService(t, {
    methods: { 'crm.refuse': () => { throw Object.assign(new Error('no'), { code: 'ACCESS_DENIED', status: 403 }) } }
  })
  const { alpha } = sandbox.portals
  const scrape = async () => await (await fetch(new URL('/metrics', url))).text()
  await scrape()
  await install()
  const opened = alpha.placementCall('REST_APP_URI')
  for (let times = 0; times < 2; times++) t.equal((await call(opened)).status, 200)
  sandbox.trouble.authorizationServer = 'down'
  t.equal((await call(alpha.placementCall('REST_APP_URI'))).status, 503)
  sandbox.trouble.authorizationServer = 'none'
  for (let times = 0; times < 80; times++) await call(opened, { body: { AUTH_ID: `unknown ${times}` } })
  const { rest } = fastify.portal(alpha.memberId)
  await t.rejects(rest.call('crm.refuse'), { code: 'B24_ERR_PORTAL_REFUSED' })
  sandbox.trouble.rest = 'down'
  await t.rejects(rest.call('crm.deal.list'), { code: 'B24_ERR_PORTAL_UNAVAILABLE' })
  const text = await scrape()
  for (const outcome of ['cached', 'proven', 'refused', 'limited', 'unavailable']) {
    t.match(text, `\nb24_proofs_total{outcome="${outcome}"} `)
  }
  t.match(text, '\nb24_rest_refusals_total{area="crm",code="access_denied"} 1\n')
  t.match(text, '\nb24_rest_refusals_total{area="crm",code="unavailable"} 1\n')
  t.match(text, '\nb24_request_errors_total{route="/placement",placement="none",stage="proof",' +
    'code="B24_ERR_TOO_MANY_PROOFS"} ')
})
