import t from 'tap'
import { startService } from '../service.ts'

await t.test('how renewals ended is told to Prometheus, without naming a portal', async t => {
  const { url, install, sandbox: { portals: { alpha } }, fastify, store } = await startService(t)
  await install()
  const row = await store.get(alpha.memberId)
  await fastify.tokens.holder(alpha.memberId, row?.tokens?.accessToken)
  const answer = await fetch(new URL('/metrics', url))
  const text = await answer.text()
  t.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
  t.match(text, '\nb24_token_renewals_total{outcome="renewed"} 1\n')
  t.match(text, '\nb24_token_renewals_total{outcome="lost"} 0\n')
  t.notMatch(text, alpha.memberId)
})
