// One of several processes that need tokens of the same portals. Run by tests; reads the same environment as the
// service.
import { hash } from 'node:crypto'
import { flushCompileCache } from 'node:module'
import Fastify from 'fastify'
import authToken from '../../plugins/auth-token/index.ts'
import tokens from '../../plugins/tokens/index.ts'
import { loadConfig } from '../../src/config.ts'
import { createKeyRing } from '../../src/crypto/keys.ts'
import { openStore } from '../../src/store/open-store.ts'

const { clientId, clientSecret, oauthServers: servers, databaseUrl, appSecret, host, port } = loadConfig(process.env)
const store = await openStore({ url: databaseUrl, keyRing: createKeyRing(appSecret) })
const fastify = Fastify({ logger: { level: 'warn' } })
await fastify.register(authToken, {
  clientId, clientSecret, servers, allowInsecurePortals: true, refreshTimeout: Number(process.env['REFRESH_TIMEOUT'])
})
await fastify.register(tokens, { store, clientId, servers, patience: 60_000 })

/** What callers at the same time get: hashes of access tokens, or codes of errors. */
fastify.get<{ Querystring: { member: string, calls: string } }>('/tokens', async ({ query: { member, calls } }) => {
  const outcomes = await Promise.allSettled(Array.from({ length: Number(calls) }, () =>
    fastify.tokens.holder(member)))
  return outcomes.map(outcome => outcome.status === 'fulfilled'
    ? hash('sha256', outcome.value.tokens.accessToken)
    : String(outcome.reason.code))
})
fastify.get('/health', async () => ({ pid: process.pid }))
await fastify.listen({ host, port })
// Whoever is killed leaves nothing to those that start in its place: they would all compile the same anew.
flushCompileCache()
