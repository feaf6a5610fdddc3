import type { IncomingMessage } from 'node:http'
import t, { type Test } from 'tap'
import { memberHash } from '../../src/log/logger.ts'
import { serverFor } from '../servers.ts'
import { until } from '../until.ts'
import { startService } from '../service.ts'

const administrator = { ID: '1', ADMIN: true }

/** What a portal's REST interface answers to a command of an installation. */
function answerTo (command: string): unknown {
  if (command.startsWith('profile')) return administrator
  return /^(placement|event)\.bind/.test(command) ? true : []
}

/** Somebody on their own portal, beta, holds a token that was issued on alpha; beta's REST interface listens. */
async function attackOn (t: Test) {
  const service = await startService(t)
  const { alpha, beta } = service.sandbox.portals
  await service.install(alpha)
  const heard: string[] = []
  const listening = await serverFor(t, async (request: IncomingMessage, response) => {
    const body = (await request.toArray()).join('')
    heard.push(`${request.url} ${JSON.stringify(request.headers)} ${body}`)
    const { cmd } = JSON.parse(body) as { cmd?: Record<string, string> } // the SDK sends JSON
    const result = cmd === undefined
      ? administrator
      : {
          result: Object.fromEntries(Object.entries(cmd).map(([key, command]) => [key, answerTo(command)])),
          result_error: []
        }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ result, time: {} }))
  })
  beta.url = listening.replace('127.0.0.1', 'localhost')
  const { refreshToken } = alpha.grant(alpha.users.admin, { expiresIn: -3600 })
  const { tokens } = service.fastify
  /** Lets beta's access token expire, and makes a REST call, which refreshes it. */
  async function use (): Promise<string> {
    const row = await service.store.get(beta.memberId)
    if (row?.tokens) {
      const { tokenVersion, candidateRefreshToken } = row
      const expired = { ...row.tokens, expiresAt: 0 }
      await service.store.replaceTokens(beta.memberId, expired, Date.now(), tokenVersion, candidateRefreshToken)
    }
    const { rest } = service.fastify.portal(beta.memberId)
    return await rest.call<{ ID: string }>('profile').then(({ ID }) => `user ${ID}`, ({ code }) => String(code))
  }
  /** The access tokens of alpha that beta has heard. */
  async function leaks (): Promise<string[]> {
    const found = new Set(heard.join('\n').match(/[0-9a-f]{70}/g))
    const owners = await Promise.all([...found].map(async auth => {
      const answer = await fetch(`${service.sandbox.authorizationServer}/rest/app.info?auth=${auth}`)
      return JSON.stringify(await answer.json())
    }))
    return owners.filter(owner => owner.includes(alpha.memberId))
  }
  const installPage = async (body: Record<string, string>) =>
    await service.call(beta.placementCall('DEFAULT', { handler: `${service.url}/install` }), { body })
  async function event (name: 'ONAPPINSTALL' | 'ONAPPUPDATE', overrides: Record<string, string>) {
    await service.post('/events', beta.event(name, overrides).body)
    await until(() => service.fastify.lifecycleEvents.pending() === 0)
  }
  return { ...service, alpha, beta, refreshToken, tokens, use, leaks, installPage, event }
}

await t.test('refresh tokens: an installation never uses one of another portal', async t => {
  type Scene = Awaited<ReturnType<typeof attackOn>>
  const rows: Array<[name: string, bring: (scene: Scene) => Promise<unknown>]> = [
    ['the installation page', ({ installPage, refreshToken }) => installPage({ REFRESH_ID: refreshToken })],
    ['ONAPPINSTALL', ({ event, refreshToken }) => event('ONAPPINSTALL', { 'auth[refresh_token]': refreshToken })],
    ['ONAPPUPDATE', ({ event, refreshToken }) => event('ONAPPUPDATE', { 'auth[refresh_token]': refreshToken })]
  ]
  for (const [name, bring] of rows) {
    const scene = await attackOn(t)
    const { beta, use, leaks, store, lines } = scene
    await bring(scene)
    beta.installed = true
    t.match(await store.get(beta.memberId), { tokens: {}, uninstalledAt: null }, name)
    t.equal(await use(), 'B24_ERR_TOKENS_LOST', name)
    t.equal(await use(), 'B24_ERR_TOKENS_LOST', name)
    t.strictSame(await leaks(), [], name)
    t.match(await store.get(beta.memberId), { refresh: { code: 'lost' } }, name)
    const errors = lines().filter(({ level }) => level === 50)
    t.strictSame([...new Set(errors.map(({ member }) => member))], [memberHash(beta.memberId)], name)
  }
})

await t.test('refresh tokens: later installations do not harm a working pair', async t => {
  const scene = await attackOn(t)
  const { beta, use, leaks, installPage, event, refreshToken, install } = scene
  await install(beta)
  for (const brought of ['made-up', refreshToken]) {
    t.equal((await installPage({ REFRESH_ID: brought })).status, 200)
    t.equal(await use(), 'user 1')
    for (const name of ['ONAPPINSTALL', 'ONAPPUPDATE'] as const) {
      await event(name, { 'auth[refresh_token]': brought })
      t.equal(await use(), 'user 1', name)
    }
  }
  t.strictSame(await leaks(), [])
})

await t.test('refresh tokens: one of another portal does not recover a lost pair', async t => {
  const { beta, alpha, use, leaks, installPage, store, call, url, tokens } = await attackOn(t)
  await installPage({ REFRESH_ID: 'made-up' })
  beta.installed = true
  t.equal(await use(), 'B24_ERR_TOKENS_LOST')
  const REFRESH_ID = alpha.grant(alpha.users.admin).refreshToken
  await call(beta.placementCall('DEFAULT', { handler: `${url}/placement` }), { body: { REFRESH_ID } })
  await until(() => tokens.refreshes().recovery_refused === 1)
  t.match(await store.get(beta.memberId), { refresh: { code: 'lost' } })

  t.strictSame(await leaks(), [])
})
