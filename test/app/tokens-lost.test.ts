import t from 'tap'
import type { SandboxUser } from '../../sandbox/index.ts'
import type { TokenPair } from '../../src/store/installation-store.ts'
import { until } from '../helper.ts'
import { startService } from '../service.ts'

const lost = /has lost its access/

await t.test('a portal whose renewal got lost says so, and is back after one call of an administrator', async t => {
  const { install, sandbox, fastify, store, log } = await startService(t)
  await install()
  const { alpha } = sandbox.portals
  const { admin, employee } = alpha.users
  const home = async (user: SandboxUser = employee) => (await sandbox.send(alpha.placementCall('DEFAULT', { user }))).text
  t.notMatch(await home(), lost)

  sandbox.trouble.refresh = 'cut'
  const dead = (await store.get(alpha.memberId))?.tokens as TokenPair // just installed
  await store.replaceTokens(alpha.memberId, { ...dead, expiresAt: 0 }, Date.now())
  await t.rejects(fastify.tokens.holder(alpha.memberId), { code: 'B24_ERR_AUTHORIZATION_SERVER_SILENT' })
  sandbox.trouble.refresh = 'none'
  t.notMatch(await home(), lost, 'nobody knows yet')
  await until(async () => Number((await store.get(alpha.memberId))?.renewal?.nextTryAt) < Date.now())
  await t.rejects(fastify.portal(alpha.memberId).rest.call('profile'), { code: 'B24_ERR_TOKENS_LOST' })

  t.match(await home(), lost)
  t.match((await store.get(alpha.memberId))?.renewal, { code: 'lost' }, 'an employee brings nothing')
  t.match((await sandbox.send(alpha.placementCall('DEFAULT'), { body: { REFRESH_ID: undefined } })).text, lost, 'nor does a call without a refresh token')
  await new Promise(resolve => setTimeout(resolve, 1000))
  t.match(await home(admin), lost, 'the page does not wait for it')
  await until(async () => (await store.get(alpha.memberId))?.renewal === null)
  t.match(await fastify.portal(alpha.memberId).rest.call('profile'), { ID: '1' })
  t.notMatch(await home(), lost)
  t.notMatch(log.join(''), new RegExp([dead.accessToken, dead.refreshToken].join('|')))
})

await t.test('a refusal of the authorization server is shown with its code, its silence is not', async t => {
  const { install, sandbox, store } = await startService(t)
  await install()
  const { alpha } = sandbox.portals
  const home = async (lang: string) => (await sandbox.send(alpha.placementCall('DEFAULT', { lang }))).text
  const record = async (code: string) => {
    const row = await store.get(alpha.memberId)
    await store.recordRenewal(alpha.memberId, { code, at: 0, attempts: 1, nextTryAt: 0 }, Number(row?.tokenVersion))
  }
  await record('payment_required')
  t.match(await home('en'), /Its reason: payment_required/)
  t.match(await home('de'), /Der Grund: payment_required/)
  await record('silent')
  t.notMatch(await home('en'), /Its reason/)
})
