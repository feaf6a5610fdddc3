import { Type } from '@sinclair/typebox'
import Fastify from 'fastify'
import fp from 'fastify-plugin'
import t from 'tap'
import portalRest from '../../../plugins/portal-rest/index.ts'
import type { Trouble } from '../../../sandbox/state.ts'
import type { SandboxUser } from '../../../sandbox/index.ts'
import type { PortalRest } from '../../../plugins/portal-rest/rest-interface.ts'
import { codeOf, installationOn, startService, type ServiceOptions } from '../../service.ts'

interface Scope { after: (fn: () => unknown) => void }
type Scopes = Parameters<typeof startService>[0] & Scope

/** An installed service whose widget in the left menu calls the portal as the test says. */
async function serviceFor (
  t: Scopes, work: (rest: { user: PortalRest, portal: PortalRest }) => Promise<unknown>, options: ServiceOptions = {}
) {
  const service = await startService(t, {
    ...options,
    prepare: fastify => {
      fastify.placement('CRM_DEAL_DETAIL_TAB', { schema: { options: Type.Object({}) } }, async ({ placement }) => {
        const { adminRest: portal } = fastify.portal(placement.portal.memberId)
        return await work({ user: placement.rest, portal }).catch(error =>
          ({ code: error.code, portalCode: error.portalCode }))
      })
    }
  })
  await service.install()
  service.sandbox.wire.clear()
  const { alpha } = service.sandbox.portals
  const open = async (user = alpha.users.employee): Promise<unknown> => {
    const call = alpha.placementCall('CRM_DEAL_DETAIL_TAB', { user })
    return JSON.parse((await service.call({ ...call, url: call.url.replace('/install', '/placement') })).text)
  }
  return { ...service, alpha, open }
}

await t.test('portal-rest: calls as the user, and as the administrator', async t => {
  const { open, sandbox, fastify, alpha } = await serviceFor(t, async ({ user, portal }) =>
    [await user.call('profile'), await portal.call('profile')])
  t.match(await open(), [{ ID: '2', ADMIN: false }, { ID: '1', ADMIN: true }])
  t.equal(sandbox.requests.filter(({ name }) => name === 'refresh_token').length, 0)
  t.equal(fastify.portal(alpha.memberId).adminRest, fastify.portal(alpha.memberId).adminRest, 'one client for a portal')
})

await t.test('portal-rest: refreshes the installation\'s token, never the user\'s', async t => {
  const { open, sandbox, store, alpha } = await serviceFor(t, async ({ portal }) => await portal.call('profile'))
  const old = alpha.grant(alpha.users.admin, { expiresIn: -1 })
  await store.replaceTokens(alpha.memberId, { ...old, expiresAt: Date.now() + 3_600_000 }, Date.now() - 600_000)
  t.match(await Promise.all([open(), open(), open()]), [{ ID: '1' }, { ID: '1' }, { ID: '1' }])
  t.equal(sandbox.requests.filter(({ name }) => name === 'refresh_token').length, 1)
})

await t.test('portal-rest: keeps the portal\'s code in its errors', async t => {
  const { open, alpha, store } = await serviceFor(t, async ({ user, portal }) => {
    const errors = [user.call('no.such.method'), portal.call('no.such.method')].map(call =>
      call.catch(error => [error.code, error.portalCode]))
    return await Promise.all(errors)
  })
  const refused = ['B24_ERR_PORTAL_REFUSED', 'ERROR_METHOD_NOT_FOUND']
  t.strictSame(await open(), [refused, refused])
  const row = await store.get(alpha.memberId)
  await store.replaceTokens(alpha.memberId, { accessToken: 'a', refreshToken: 'b', expiresAt: 0 }, Date.now())
  await store.recordRefresh(
    alpha.memberId, { code: 'lost', at: 0, attempts: 2, nextTryAt: Infinity }, Number(row?.tokenVersion) + 1
  )
  t.strictSame(await open(), [refused, ['B24_ERR_TOKENS_LOST', null]])
})

await t.test('portal-rest: an error of a call becomes a page of its own', async t => {
  let method = ''
  const service = await startService(t, {
    prepare: fastify => {
      fastify.placement('CRM_DEAL_DETAIL_TAB', {}, async ({ placement }) => await placement.rest.call(method))
    }
  })
  const { trouble, portals: { alpha } } = service.sandbox
  await service.install()
  const rows: Array<[called: string, rest: Trouble['rest'], status: number, code: string, title: string]> = [
    ['no.such.method', 'none', 502, 'B24_ERR_PORTAL_REFUSED', 'Bitrix24 did not allow this'],
    ['profile', 'down', 503, 'B24_ERR_PORTAL_UNAVAILABLE', 'Bitrix24 is not responding'],
    ['profile', 'overtime', 502, 'B24_ERR_PORTAL_REFUSED', 'Too many attempts']
  ]
  for (const [called, rest, status, code, title] of rows) {
    method = called
    trouble.rest = rest
    const answer = await service.call(alpha.placementCall('CRM_DEAL_DETAIL_TAB'))
    t.strictSame([answer.status, codeOf(answer)], [status, code], rest)
    t.match(answer.text, `<h1>${title}</h1>`, rest)
    t.notMatch(answer.text, /installation|not installed|who is visit/, rest)
    t.ok(
      service.log.some(line => line.includes(`"outcome":"${code}","stage":"handler"`)),
      'the log does not blame the installation'
    )
  }
})

await t.test('portal-rest: follows a renamed portal once it is confirmed', async t => {
  const { open, alpha, store, fastify } = await serviceFor(t, async ({ user, portal }) =>
    [await user.call('profile'), await portal.call('profile')])
  const row = await store.get(alpha.memberId)
  const request = {
    verifiedCall: await fastify.authToken.verify({
      memberId: alpha.memberId,
      authId: alpha.grant(alpha.users.employee).accessToken,
      applicationToken: alpha.applicationToken,
      serverEndpoint: '',
      ip: '',
      installing: false
    })
  }
  const former = Object.assign(Object.create(null), request) // all that the REST of a user reads of a request
  await alpha.rename()
  t.match(await fastify.portal(alpha.memberId).adminRest.call('profile'), { ID: '1' })
  t.not((await store.get(alpha.memberId))?.clientEndpoint, row?.clientEndpoint)
  t.match(await fastify.portalRest.ofUser(former).call('profile'), { ID: '2' })
  t.match(await open(), [{ ID: '2' }, { ID: '1' }])
})

await t.test('portal-rest: asks seldom about a portal that redirects for ever', async t => {
  let isStoreDown = true
  const { alpha, fastify, sandbox } = await serviceFor(t, async () => 'ok', {
    store: () => ({
      async recordPortal () {
        if (isStoreDown) throw new Error('connect ECONNREFUSED 10.0.0.5:5432')
        return null
      }
    })
  })
  await alpha.rename()
  const profile = () => fastify.portal(alpha.memberId).adminRest.call('profile')
  await t.rejects(profile(), { code: 'B24_ERR_STORE_UNAVAILABLE' }, 'an address that cannot be noted is not used')
  isStoreDown = false
  sandbox.wire.clear()
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => profile().catch(({ code }) => String(code))))
  t.strictSame(new Set(outcomes), new Set(['B24_ERR_PORTAL_REFUSED']))
  t.equal(sandbox.requests.filter(({ to, path }) => to === 'authorization server' &&
    path === '/rest/app.info').length, 1)
})

await t.test('portal-rest: keeps the error of one user\'s token from others', async t => {
  const { alpha, fastify } = await serviceFor(t, async () => 'ok')
  const restFor = async (user: SandboxUser) => {
    const { accessToken } = alpha.grant(user)
    const caller = await fastify.authToken.verify({
      memberId: alpha.memberId,
      authId: accessToken,
      applicationToken: alpha.applicationToken,
      serverEndpoint: '',
      ip: '',
      installing: false
    })
    return {
      accessToken,
      rest: fastify.portalRest.ofUser(Object.assign(Object.create(null), {
        verifiedCall: caller
      }))
    } // all that the REST of a user reads of a request
  }
  const [revoked, good] = [await restFor(alpha.users.employee), await restFor(alpha.users.admin)]
  await alpha.rename()
  alpha.revoke(revoked.accessToken)
  const outcomes = await Promise.allSettled([revoked.rest.call('profile'), good.rest.call('profile')])
  t.match(outcomes, [{ reason: { code: 'B24_ERR_AUTH_ID_UNKNOWN' } }, { value: { ID: '1' } }])
})

await t.test('portal-rest: dead tokens of one portal stop no other from moving', async t => {
  const { alpha, fastify, install, sandbox } = await serviceFor(t, async () => 'ok')
  const { beta } = sandbox.portals
  await install(beta)
  const users = await Promise.all(Array.from({ length: 70 }, async () => {
    const { accessToken: authId } = alpha.grant(alpha.users.employee)
    const call = { memberId: alpha.memberId, authId, applicationToken: alpha.applicationToken, serverEndpoint: '' }
    const verifiedCall = await fastify.authToken.verify({ ...call, ip: '192.0.2.1', installing: false })
    alpha.revoke(authId)
    return fastify.portalRest.ofUser(Object.assign(Object.create(null), { verifiedCall }))
  }))
  await alpha.rename()
  const outcomes = await Promise.all(users.map(rest => rest.call('profile').catch(({ code }) => String(code))))
  t.ok(outcomes.includes('B24_ERR_TOO_MANY_PROOFS'), 'the portal has used up what it may ask')
  await beta.rename()
  t.match(await fastify.portal(beta.memberId).adminRest.call('profile'), { ID: '1' })
})

await t.test('portal-rest: a blocked method is blocked for all users', async t => {
  const { open, sandbox } = await serviceFor(t, async ({ user }) => await user.call('profile'))
  sandbox.trouble.rest = 'overtime'
  const overtime = { code: 'B24_ERR_PORTAL_REFUSED', portalCode: 'OPERATION_TIME_LIMIT' }
  t.match(await open(), overtime)
  sandbox.wire.clear()
  t.match(await open(), overtime)
  t.strictSame(sandbox.requests.filter(({ name }) => name === 'profile'), [])
})

await t.test('portal-rest: follows no portal whose installation is unfinished', async t => {
  const { alpha, fastify, sandbox: { trouble } } = await serviceFor(t, async () => 'ok')
  await alpha.rename()
  trouble.installation = 'unfinished'
  await t.rejects(fastify.portal(alpha.memberId).adminRest.call('profile'), { code: 'B24_ERR_NOT_INSTALLED' })
})

await t.test('portal-rest: calls for an installation without a user', async t => {
  const { fastify, sandbox, store } = await serviceFor(t, async () => 'ok')
  const { beta } = sandbox.portals
  await store.install({ ...installationOn(beta, sandbox), userId: null }, Date.now())
  t.match(await fastify.portal(beta.memberId).adminRest.call('profile'), { ID: '1' })
})

await t.test('portal-rest: rejects without a verified call', async t => {
  const { fastify } = await serviceFor(t, async () => 'ok')
  await t.rejects(fastify.portalRest.ofUser(Object.assign(Object.create(null), {
    verifiedCall: null
  })).call('profile'), { code: 'B24_ERR_AUTH_ID_MISSING' })
})

await t.test('portal-rest: checks its options at registration', async t => {
  const store = { recordPortal: async () => null }
  for (const [wrong, message] of [
    ['{"store":null}', 'store must be a store of installations'],
    ['{"store":{}}', 'store must be a store of installations'],
    ['{"store":{"recordPortal":true}}', 'store must be a store of installations'],
    ['{"allowInsecurePortals":"b24.lan"}', 'allowInsecurePortals must be true, false or a list of hosts']
  ] as const) {
    const app = Fastify()
    t.after(() => app.close())
    app.register(fp(async () => {}, { name: 'b24-auth-token' }))
    app.register(fp(async () => {}, { name: 'b24-tokens' }))
    const options = { store, ...JSON.parse(wrong) } // as plain JavaScript may pass them
    await t.rejects(async () => await app.register(portalRest, options), { message: `portal-rest: options.${message}` })
  }
})
