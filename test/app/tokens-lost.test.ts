import t from 'tap'
import type { SandboxUser } from '../../sandbox/index.ts'
import type { TokenPair } from '../../src/store/installation-store.ts'
import { until } from '../until.ts'
import { startService } from '../service.ts'

const lost = /needs attention[^]*has lost its access/

await t.test('lost tokens: are told on the home, and recovered by an administrator', async t => {
  const { install, sandbox, fastify, store, log } = await startService(t)
  await install()
  const { alpha } = sandbox.portals
  const { admin, employee } = alpha.users
  const home = async (user: SandboxUser = employee) =>
    (await sandbox.send(alpha.placementCall('DEFAULT', { user }))).text
  t.notMatch(await home(), lost)

  sandbox.trouble.refresh = 'cut'
  const dead = (await store.get(alpha.memberId))?.tokens as TokenPair // just installed
  await store.replaceTokens(alpha.memberId, { ...dead, expiresAt: 0 }, Date.now())
  await t.rejects(fastify.tokens.holder(alpha.memberId), { code: 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE' })
  sandbox.trouble.refresh = 'none'
  t.notMatch(await home(), lost, 'nobody knows yet')
  await until(async () => Number((await store.get(alpha.memberId))?.refresh?.nextTryAt) < Date.now())
  await t.rejects(fastify.portal(alpha.memberId).adminRest.call('profile'), { code: 'B24_ERR_TOKENS_LOST' })

  t.match(await home(), lost)
  t.match(await home(), 'Ask an administrator of this Bitrix24 to open the application once.')
  t.match((await store.get(alpha.memberId))?.refresh, { code: 'lost' }, 'an employee brings no tokens')
  const bare = await sandbox.send(alpha.placementCall('DEFAULT'), { body: { REFRESH_ID: undefined } })
  t.match(bare.text, lost, 'nor does a call without a refresh token')
  // The state of a portal is cached for a second.
  let restoring = ''
  await until(async () => {
    restoring = await home(admin)
    return restoring.includes('The access is being restored right now. Reload this page in a moment.')
  })
  t.match(restoring, lost, 'the page does not wait for the recovery')
  await until(async () => (await store.get(alpha.memberId))?.refresh === null)
  t.match(await fastify.portal(alpha.memberId).adminRest.call('profile'), { ID: '1' })
  t.notMatch(await home(), lost)
  t.notMatch(log.join(''), new RegExp([dead.accessToken, dead.refreshToken].join('|')))
})

await t.test('refresh errors: are told on the home with the next step', async t => {
  const { install, sandbox, store } = await startService(t)
  const { alpha } = sandbox.portals
  const { admin, employee } = alpha.users
  await install()
  const home = async (lang = 'en', user: SandboxUser = admin) =>
    (await sandbox.send(alpha.placementCall('DEFAULT', { lang, user }))).text
  const record = async (code: string, nextTryAt = 0) => {
    const row = await store.get(alpha.memberId)
    const state = { code, at: Date.now(), attempts: 1, nextTryAt }
    await store.recordRefresh(alpha.memberId, state, Number(row?.tokenVersion))
  }
  await record('payment_required', Date.UTC(2099, 10, 23, 16, 11))
  const page = await home()
  t.match(page, '<title>The application needs attention<')
  t.match(page, /trial period of the application has ended[^]*Renew the subscription/)
  t.match(page, /Renew the subscription[^]*Nov 23, 2099, 4:11[^]PM UTC at the earliest/)
  t.match(await home('en', employee), 'Ask an administrator to renew the subscription.')
  const german = await home('de')
  t.match(german, /Abonnement oder der Testzeitraum[^]*Verlängern Sie[^]*frühestens 23\.11\.2099, 16:11 UTC/)
  t.notMatch(await home(), /payment_required|<title>Share/)
  await record('server_not_allowed')
  t.match(await home(), /does not renew[^]*<code dir="ltr">server_not_allowed<\/code>/)
  await record('unavailable')
  t.match(await home(), /<title>Share the application</)
})

await t.test('home: asks to install again when a portal has no tokens', async t => {
  const { install, sandbox, store } = await startService(t)
  const { alpha } = sandbox.portals
  const { admin, employee } = alpha.users
  await install()
  await store.markUninstalled(alpha.memberId, Date.now())
  const home = async (user: SandboxUser = admin) =>
    (await sandbox.send(alpha.placementCall('DEFAULT', { user }))).text
  t.match(await home(), /needs attention[^]*Install the application again/)
  t.equal((await store.get(alpha.memberId))?.tokens, null)
  t.match(await home(employee), /needs attention[^]*Ask an administrator to install the application again/)
})
