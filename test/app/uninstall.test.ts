import { Type } from '@sinclair/typebox'
import t, { type Test } from 'tap'
import { sandbox, type PlacementCall, type SandboxUser } from '../../sandbox/index.ts'
import { parseSliderLink } from '../../src/http/slider-link.ts'
import { createKeyRing } from '../../src/crypto/keys.ts'
import { openStore } from '../../src/store/open-store.ts'
import { until } from '../until.ts'
import { heldServerFor } from '../held-server.ts'
import { startPostgres } from '../postgres.ts'
import {
  codeOf, environment, freePort, postForm, sessionIn, startService, type Answer, type ServiceOptions
} from '../service.ts'
import { listening, run } from './process.ts'

/** The status, followed by the code if it is an error. */
const outcomeOf = ({ status, text }: Pick<Answer, 'status' | 'text'>): string =>
  status < 400 ? String(status) : `${status} ${codeOf({ text })}`
const ask = async (url: string, init: RequestInit = {}): Promise<string> => {
  const answer = await fetch(url, init)
  return outcomeOf({ status: answer.status, text: await answer.text() })
}

/** An installed service with pages that can call its API. */
async function pagesFor (t: Test, options: ServiceOptions = {}) {
  const service = await startService(t, {
    prepare: fastify => {
      fastify.screen('shelf', { schema: { params: Type.Object({}) }, title: 'Shelf' }, async () => 'opened')
    },
    ...options
  })
  await service.install()
  const { alpha } = service.sandbox.portals
  const portal = { memberId: alpha.memberId, endpoint: `${alpha.url}/rest/` }
  const { id, path } = service.fastify.links.write('shelf', {}, { portal })

  /**
   * Opens all pages.
   *
   * @returns a function that makes each call that they can make, and tells the outcomes
   */
  async function openPages (): Promise<() => Promise<Record<string, string>>> {
    const authorization = `Bearer ${sessionIn(await service.call(alpha.placementCall('DEFAULT')))}`
    await service.call(alpha.placementCall('REST_APP_URI', { params: parseSliderLink(path).params }))
    return async () => ({
      me: await ask(`${service.url}/api/me`, { headers: { authorization } }),
      links: await ask(`${service.url}/api/links`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ screen: 'shelf', params: {} })
      }),
      visits: await ask(`${service.url}/api/links/${id}/visits`, { headers: { authorization } })
    })
  }
  return { service, alpha, openPages }
}

const over = {
  me: '401 B24_ERR_PAGE_SESSION',
  links: '401 B24_ERR_PAGE_SESSION',
  visits: '401 B24_ERR_PAGE_SESSION'
}

await t.test('uninstall: ends the sessions of open pages for good', async t => {
  const { service, alpha, openPages } = await pagesFor(t)
  const use = await openPages()
  const all = { me: '200', links: '200', visits: '200' }
  t.strictSame(await use(), all)

  const { body } = alpha.event('ONAPPUNINSTALL')
  alpha.uninstall()
  await service.post('/events', body)
  await until(async () => (await service.store.get(alpha.memberId))?.uninstalledAt != null)
  t.strictSame(await use(), over, 'uninstalled')

  await service.install()
  t.strictSame(await use(), over, 'installed anew')
  t.strictSame(await (await openPages())(), all, 'new pages')
})

await t.test('uninstall: a portal that comes back by a call gets new page sessions', async t => {
  const { service, alpha, openPages } = await pagesFor(t)
  const use = await openPages()
  await service.store.markUninstalled(alpha.memberId, Date.now())
  const again = await openPages()
  t.equal((await service.store.get(alpha.memberId))?.uninstalledAt, null)
  t.strictSame(await use(), over)
  t.match(await again(), { me: '200' })
})

await t.test('page session: is refused when the store cannot be read', async t => {
  let isDown = false
  const { openPages } = await pagesFor(t, {
    store: ({ get }) => ({
      async get (memberId) {
        if (isDown) throw new Error('connect ECONNREFUSED 10.0.0.5:5432')
        return await get(memberId)
      }
    })
  })
  const use = await openPages()
  isDown = true
  t.strictSame(new Set(Object.values(await use())), new Set(['503 B24_ERR_STORE_UNAVAILABLE']))
})

await t.test('uninstall: by another instance ends an installation under way', async t => {
  /** What happens once, just before an installation is stored. */
  let meanwhile = async (): Promise<void> => {}
  const service = await startService(t, {
    store: ({ install }) => ({
      async install (...args) {
        const happen = meanwhile
        meanwhile = async () => {}
        await happen()
        return await install(...args)
      }
    })
  })
  const { store } = service
  const { alpha } = service.sandbox.portals
  await service.install()
  const install = () => service.call(alpha.placementCall('DEFAULT', { handler: `${service.url}/install` }))

  meanwhile = async () => {
    alpha.uninstall()
    await store.markUninstalled(alpha.memberId, Date.now())
  }
  t.equal((await install()).status, 502, 'the portal is asked again, and refuses')
  t.match(await store.get(alpha.memberId), { tokens: null, uninstalledAt: Number })

  await service.install()
  meanwhile = async () => { await store.markUninstalled(alpha.memberId, Date.now()) }
  t.equal((await install()).status, 200, 'the portal says that it was installed anew')
  t.match(await store.get(alpha.memberId), { tokens: { accessToken: String }, uninstalledAt: null })
})

await t.test('uninstall: another instance that has answered an earlier request does not undo a later one', async t => {
  let times = 0
  const service = await startService(t, {
    store: ({ markUninstalled, dropUninstallRequest }) => ({
      async markUninstalled (memberId, now, seen) {
        if (times++ === 0) await dropUninstallRequest(memberId, Number(seen?.uninstallRequestedAt))
        return await markUninstalled(memberId, now, seen)
      }
    })
  })
  const { alpha } = service.sandbox.portals
  await service.install()
  const { body } = alpha.event('ONAPPUNINSTALL')
  alpha.uninstall()
  await service.post('/events', body)
  await until(() => service.fastify.lifecycleEvents.pending() === 0)
  t.match(await service.store.get(alpha.memberId), { uninstalledAt: Number, tokens: null })
  t.equal(service.lines().filter(({ event }) => event === 'app.uninstalled').length, 1)
})

await t.test('uninstall: a server that knows no token after its refresh says nothing of the installation', async t => {
  const service = await startService(t, {
    store: ({ markUninstalled, replaceTokens }) => ({
      async markUninstalled (memberId, now, seen) {
        // By another instance
        const { accessToken, refreshToken } = alpha.grant(alpha.users.admin)
        await replaceTokens(memberId, { accessToken, refreshToken, expiresAt: now + 3_600_000 }, now)
        return await markUninstalled(memberId, now, seen)
      }
    })
  })
  const { alpha } = service.sandbox.portals
  await service.install()
  const { store, fastify } = service
  alpha.revoke(String((await store.get(alpha.memberId))?.tokens?.accessToken))
  await service.post('/events', alpha.event('ONAPPUNINSTALL').body)
  await until(() => fastify.lifecycleEvents.pending() === 0)
  t.match(await store.get(alpha.memberId), { uninstalledAt: null, uninstallRequestedAt: null, tokens: {} })
  t.equal(service.lines().filter(({ event }) => event === 'uninstall.refused').length, 1)
})

/** Two processes on one database, and a portal of theirs. */
async function twoInstances (t: Test) {
  const postgres = await startPostgres()
  const bitrix24 = await sandbox()
  t.after(() => bitrix24.close())
  const { alpha } = bitrix24.portals
  const { origin, hold } = await heldServerFor(t, bitrix24.authorizationServer)
  const databaseUrl = postgres.createDatabase()
  const env = { DATABASE_URL: databaseUrl, B24_OAUTH_SERVERS: origin, LOG_LEVEL: 'silent' }
  const [one, other] = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`] as const
  const start = (url: string) => run('src/server.ts', environment(bitrix24, url, env))
  const processes = [one, other].map(start)
  t.after(async () => {
    for (const { child } of processes) child.kill()
    await Promise.all(processes.map(({ ended }) => ended))
  })
  for (const url of [one, other]) t.equal(await listening(`${url}/ready`, 60_000), true)
  const store = await openStore({ url: databaseUrl, keyRing: createKeyRing(String(bitrix24.env['APP_SECRET'])) })
  t.after(() => store.close())
  const row = async () => await store.get(alpha.memberId)
  const send = async (call: PlacementCall, body: Record<string, string> = {}) =>
    await bitrix24.send(call, { body: { SERVER_ENDPOINT: `${origin}/rest/`, ...body } })
  const install = async (body?: Record<string, string>, url: string = one) => {
    const { status } = await send(alpha.placementCall('DEFAULT', { handler: `${url}/install` }), body)
    alpha.installed = true
    return status
  }
  return { alpha, hold, one, other, row, send, install }
}

await t.test('uninstall: on one instance ends a proof under way on another', async t => {
  const { alpha, hold, one, other, row, send, install } = await twoInstances(t)
  const newCall = (user: SandboxUser = alpha.users.admin) =>
    alpha.placementCall('DEFAULT', { handler: `${other}/placement`, user })

  t.equal(await install(), 200)
  const proven = newCall()
  const page = await send(proven)
  t.equal(outcomeOf(page), '200')
  const me = () => ask(`${other}/api/me`, { headers: { authorization: `Bearer ${sessionIn(page)}` } })
  t.equal(await me(), '200')

  const underWay = newCall(alpha.users.employee)
  const answer = hold()
  const slow = send(underWay)
  await answer.said
  const { body } = alpha.event('ONAPPUNINSTALL')
  alpha.uninstall()
  t.equal((await postForm(`${one}/events`, body)).status, 200)
  await until(async () => (await row())?.uninstalledAt != null)
  t.equal(await me(), '401 B24_ERR_PAGE_SESSION', 'a page session ends at once')
  await until(async () => outcomeOf(await send(proven)) === '403 B24_ERR_NOT_INSTALLED')
  answer.release()
  t.equal(outcomeOf(await slow), '403 B24_ERR_NOT_INSTALLED')
  t.equal(outcomeOf(await send(underWay)), '403 B24_ERR_NOT_INSTALLED')
  t.match(await row(), { uninstalledAt: Number, tokens: null }, 'the portal stays uninstalled')

  t.equal(await install(), 200)
  t.equal(await me(), '401 B24_ERR_PAGE_SESSION', 'a new installation does not bring it back')
  const again = newCall(alpha.users.employee)
  t.equal(outcomeOf(await send(again)), '200')
  t.equal(await install({ APPLICATION_TOKEN: 'regenerated' }), 200)
  await until(async () => outcomeOf(await send(again)) === '403 B24_ERR_APPLICATION_TOKEN')
  t.equal(outcomeOf(await send(again, { APPLICATION_TOKEN: 'regenerated' })), '200', 'both know the new token')
})

await t.test('uninstall: an answer about the tokens of before ends no new installation', async t => {
  const { alpha, hold, one, other, row, install } = await twoInstances(t)
  t.equal(await install(), 200)
  const { body } = alpha.event('ONAPPUNINSTALL')
  alpha.uninstall()
  const answer = hold()
  t.equal((await postForm(`${one}/events`, body)).status, 200)
  await answer.said
  t.equal(await install({}, other), 200)
  const installed = await row()
  t.match(installed, { uninstalledAt: null, uninstallRequestedAt: null })
  answer.release()
  // Has to wait until the uninstall is decided.
  t.equal(await install(), 200)
  t.equal((await row())?.installedAt, installed?.installedAt, 'the same installation')
})
