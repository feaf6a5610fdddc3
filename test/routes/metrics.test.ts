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
    if (status === 401) t.match(await answer.json(), { error: 'B24_ERR_METRICS_TOKEN' })
    else t.match(await answer.text(), 'b24_token_refreshes_total')
  }
})
