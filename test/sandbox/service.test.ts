// What a test of an application sees of the real service beside the sandbox.
import t, { type Test } from 'tap'
import { sandbox } from '../../sandbox/index.ts'
import { loadConfig } from '../../src/config.ts'
import { listening, run } from '../app/process.ts'
import { buildProject, serve } from '../plugins/frontend/project.ts'
import { startService } from '../service.ts'
import { sandboxFor } from './helper.ts'

await t.test('page session: is on the answer of a page, and opens the API', async t => {
  const { url, sandbox: { send, install, portals: { alpha } } } = await startService(t)
  t.match(await install(), { status: 200, pageSession: undefined }, 'the installation page has none')
  const { pageSession } = await send(alpha.placementCall('DEFAULT', { user: alpha.users.employee }))
  const answer = await fetch(`${url}/api/me`, { headers: { authorization: `Bearer ${pageSession}` } })
  t.equal(answer.status, 200)
  t.match(await answer.json(), { user: { id: 2 } })
})

await t.test('page session: is on a page of the front end as well', async t => {
  const { url, sandbox: { send, portals: { alpha } } } = await serve(t, await buildProject(t))
  const { pageSession } = await send(alpha.placementCall('CRM_DEAL_DETAIL_TAB', { params: { ID: '8061' } }))
  const answer = await fetch(`${url}/api/me`, { headers: { authorization: `Bearer ${pageSession}` } })
  t.match(await answer.json(), { placement: 'CRM_DEAL_DETAIL_TAB' })
})

await t.test('page session: is undefined on a page without one', async t => {
  const { sandbox: { send, install, portals: { alpha } } } = await startService(t)
  await install()
  const refused = await send(alpha.placementCall('DEFAULT'), { body: { AUTH_ID: 'forged' } })
  t.match(refused, { status: 401, pageSession: undefined })
})

/** What the service prints from its start to its end, with one call in between. */
async function printed (t: Test, logLevel: string): Promise<string> {
  const bitrix24 = await sandbox({ logLevel })
  t.after(() => bitrix24.close())
  const { child, ended, text } = run('src/server.ts', bitrix24.env)
  await listening(`${bitrix24.env.PUBLIC_URL}/ready`)
  await bitrix24.install()
  child.kill('SIGTERM')
  await ended
  return text()
}

await t.test('log level: the service logs what the test wants', async t => {
  t.equal(await printed(t, 'silent'), '')
  t.match(await printed(t, 'info'), '"msg":"call"')
})

await t.test('log level: is the one of the service when the test says nothing', async t => {
  t.equal(loadConfig((await sandboxFor(t)).env).logLevel, 'info')
})
