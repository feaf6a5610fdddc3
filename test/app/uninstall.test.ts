import { Type } from '@sinclair/typebox'
import t, { type Test } from 'tap'
import { sandbox, type PlacementCall, type SandboxUser } from '../../sandbox/index.ts'
import { parseSliderLink } from '../../src/http/slider-link.ts'
import { createKeyRing } from '../../src/crypto/keys.ts'
import { openStore } from '../../src/store/open-store.ts'
import { until } from '../helper.ts'
import { heldServerFor } from '../held-server.ts'
import { startPostgres } from '../postgres.ts'
import { environment, freePort, postForm, startService, type Answer } from '../service.ts'
import { listening, run } from './process.ts'

const sessionIn = ({ text }: Answer): string => /<meta name="page-session" content="([^"]+)"/.exec(text)?.[1] ?? ''
/** The status, and of a refusal the code. A page may name codes in its script. */
const outcomeOf = ({ status, text }: Pick<Answer, 'status' | 'text'>): string =>
  status < 400 ? String(status) : `${status} ${/B24_ERR_[A-Z_]+/.exec(text)?.[0]}`
const ask = async (url: string, init: RequestInit = {}): Promise<string> => {
  const answer = await fetch(url, init)
  return outcomeOf({ status: answer.status, text: await answer.text() })
}

/** A service that is installed, with one page of every kind, and what these pages can ask for. */
async function pagesFor (t: Test) {
  const service = await startService(t, {
    prepare: fastify => { fastify.screen('shelf', { schema: { params: Type.Object({}) }, title: 'Shelf' }, async () => 'opened') }
  })
  await service.install()
  const { alpha } = service.sandbox.portals
  const portal = { memberId: alpha.memberId, endpoint: `${alpha.url}/rest/` }
  const { id, path } = service.fastify.links.write('shelf', {}, { portal })

  /** Opens all pages. Out: what they can do, each with its outcome. */
  async function openPages (): Promise<() => Promise<Record<string, string>>> {
    const authorization = `Bearer ${sessionIn(await service.call(alpha.placementCall('DEFAULT')))}`
    await service.call(alpha.placementCall('REST_APP_URI', { params: parseSliderLink(path).params }))
    return async () => ({
      me: await ask(`${service.url}/api/me`, { headers: { authorization } }),
      links: await ask(`${service.url}/api/links`, {
        method: 'POST', headers: { authorization, 'content-type': 'application/json' }, body: JSON.stringify({ screen: 'shelf', params: {} })
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
  const { service, openPages } = await pagesFor(t)
  const use = await openPages()
  service.store.get = async () => { throw new Error('connect ECONNREFUSED 10.0.0.5:5432') }
  t.strictSame(new Set(Object.values(await use())), new Set(['503 B24_ERR_STORE_UNAVAILABLE']))
})

await t.test('uninstall: by another instance ends an installation under way', async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  await service.install()
  const { store } = service
  const { install } = store
  const call = alpha.placementCall('DEFAULT', { handler: `${service.url}/install` })

  const uninstalling = (isGone: boolean): typeof install => async (...args) => {
    store.install = install
    if (isGone) alpha.uninstall()
    await store.markUninstalled(alpha.memberId, Date.now())
    return await install(...args)
  }
  store.install = uninstalling(true)
  t.equal((await service.call(call)).status, 502, 'the portal is asked again, and refuses')
  t.match(await store.get(alpha.memberId), { tokens: null, uninstalledAt: Number })

  await service.install()
  store.install = uninstalling(false)
  t.equal((await service.call(alpha.placementCall('DEFAULT', { handler: `${service.url}/install` }))).status, 200, 'the portal says that it was installed anew')
  t.match(await store.get(alpha.memberId), { tokens: { accessToken: String }, uninstalledAt: null })
})

await t.test('uninstall: on one instance ends a proof under way on another', async t => {
  const postgres = await startPostgres()
  const bitrix24 = await sandbox()
  t.after(() => bitrix24.close())
  const { alpha } = bitrix24.portals
  const { origin, hold } = await heldServerFor(t, bitrix24.authorizationServer)
  const databaseUrl = postgres.createDatabase()
  const env = { DATABASE_URL: databaseUrl, B24_OAUTH_SERVERS: origin, LOG_LEVEL: 'silent' }
  const [one, other] = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`] as const
  const processes = [one, other].map(url => run('src/server.ts', environment(bitrix24, url, env), { isMeasured: false }))
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
  const install = async (body?: Record<string, string>) => {
    const { status } = await send(alpha.placementCall('DEFAULT', { handler: `${one}/install` }), body)
    alpha.installed = true
    return status
  }
  const newCall = (user?: SandboxUser) => alpha.placementCall('DEFAULT', { handler: `${other}/placement`, ...(user && { user }) })

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
  t.match(await row(), { uninstalledAt: Number, tokens: null }, 'nobody has brought the tombstone back')

  t.equal(await install(), 200)
  t.equal(await me(), '401 B24_ERR_PAGE_SESSION', 'a new installation does not bring it back')
  const again = newCall(alpha.users.employee)
  t.equal(outcomeOf(await send(again)), '200')
  t.equal(await install({ APPLICATION_TOKEN: 'regenerated' }), 200)
  await until(async () => outcomeOf(await send(again)) === '403 B24_ERR_APPLICATION_TOKEN')
  t.equal(outcomeOf(await send(again, { APPLICATION_TOKEN: 'regenerated' })), '200', 'a new application token is known to both')
})
