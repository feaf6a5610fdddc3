import { hash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { sandbox } from '../../sandbox/index.ts'
import { createKeyRing } from '../../src/crypto/keys.ts'
import { openStore } from '../../src/store/open-store.ts'
import { startOwnPostgres } from '../postgres.ts'
import { codeOf, environment, freePort, installationOn, postForm, type Answer } from '../service.ts'
import { until } from '../until.ts'
import { listening, run } from '../app/process.ts'

const seen = (answer: Answer) => [answer.status, codeOf(answer), answer.headers.get('retry-after')]
const unavailable = [503, 'B24_ERR_STORE_UNAVAILABLE', '30']

await t.test('PostgreSQL: calls end while it hangs, and nothing is lost', async t => {
  const postgres = await startOwnPostgres()
  const url = `http://127.0.0.1:${await freePort()}`
  const bitrix24 = await sandbox({ appUrl: url })
  t.after(() => bitrix24.close())
  const { alpha } = bitrix24.portals
  const service = run('src/server.ts', environment(bitrix24, url, { DATABASE_URL: postgres.createDatabase() }))
  t.after(async () => {
    service.child.kill('SIGKILL')
    await service.ended
  })
  const lines = (text: string) => service.text().split(text).length - 1
  t.equal(await listening(`${url}/ready`), true, service.text())
  await bitrix24.install()

  let userId = 1000
  /** A call with a new token of a new user. */
  const newCall = () => alpha.placementCall('REST_APP_URI', {
    user: { ...alpha.users.employee, id: userId++ }, params: { docId: '42' }
  })
  const post = async ({ url, payload }: ReturnType<typeof newCall>) => await postForm(url, payload)
  const known = newCall()
  // Proven again after its instance has heard of the installation.
  await until(() => lines('"msg":"installed"') > 0)
  await wait(1000)
  for (let call = 0; call < 2; call++) t.equal((await post(known)).status, 200)

  const resume = postgres.hang()
  t.after(resume)
  const status = async (path: string) => (await fetch(url + path)).status
  // More than it has connections, and once more when these have been given up.
  for (const round of ['the first calls', 'later calls']) {
    const [health, ready, answer, event, ...unseen] = await Promise.all([
      status('/health'), status('/ready'), post(known), postForm(`${url}/events`, alpha.event('ONAPPUPDATE').body),
      ...Array.from({ length: 30 }, async () => await post(newCall()))
    ])
    t.strictSame([health, ready, answer.status, event.status], [200, 503, 200, 200], round)
    for (const answer of unseen) t.strictSame(seen(answer), unavailable, round)
  }

  resume()
  await until(async () => (await post(newCall())).status === 200)
  t.equal(await listening(`${url}/ready`), true)
  // The latest event of a user stands for those before it.
  await until(() => lines('"event":"app.updated"') > 0)

  const resumeAgain = postgres.hang()
  t.after(resumeAgain)
  service.child.kill('SIGTERM')
  t.equal(await service.ended, 0, service.text())
})

await t.test('PostgreSQL: a refreshed pair waits until it is back', async t => {
  const postgres = await startOwnPostgres()
  const url = `http://127.0.0.1:${await freePort()}`
  const bitrix24 = await sandbox()
  t.after(() => bitrix24.close())
  const { alpha } = bitrix24.portals
  alpha.installed = true
  const env = environment(bitrix24, url, { DATABASE_URL: postgres.createDatabase(), REFRESH_TIMEOUT: '30000' })
  const open = () => openStore({ url: String(env['DATABASE_URL']), keyRing: createKeyRing(String(env['APP_SECRET'])) })
  const before = await open()
  await before.install(installationOn(alpha, bitrix24, -60), Date.now())
  await before.close()
  const service = run('test/survival/token-process.ts', env)
  t.after(async () => {
    service.child.kill('SIGKILL')
    await service.ended
  })
  t.equal(await listening(`${url}/health`), true, service.text())
  const ask = async () => await (await fetch(`${url}/tokens?member=${alpha.memberId}&calls=1`)).json()
  const refreshes = () => bitrix24.requests.filter(({ name }) => name === 'refresh_token').length

  bitrix24.trouble.authorizationServerDelay = 1000
  const asking = ask()
  await until(() => refreshes() > 0)
  await postgres.stop('immediate')
  // Half a minute: longer than a restart, and shorter than many a failover.
  await until(() => service.text().split('could not be stored yet').length > 7)
  await postgres.start()
  const after = await open()
  t.after(() => after.close())
  await asking
  await until(async () => (await after.get(alpha.memberId))?.tokenVersion === 2)
  const stored = hash('sha256', String((await after.get(alpha.memberId))?.tokens?.accessToken))
  t.strictSame(await ask(), [stored])
  t.equal(refreshes(), 1)
})
