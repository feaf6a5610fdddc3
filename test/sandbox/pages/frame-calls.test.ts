import { readFileSync } from 'node:fs'
import t from 'tap'
import { fakeApplication } from '../fake-application.ts'
import { sandboxFor } from '../helper.ts'
import { actor } from './frame-scene.ts'

await t.test('frame calls: a worker that is too slow too often is removed', async t => {
  const { url, received } = await fakeApplication(t)
  const { portals: { alpha }, wire } = await sandboxFor(t, { appUrl: url })
  alpha.installed = true
  const bind = (errorHandlerUrl: string, handler = `${url}/placement`) => {
    alpha.placements = [{
      id: 1,
      placement: 'PAGE_BACKGROUND_WORKER',
      userId: 0,
      handler,
      options: { errorHandlerUrl },
      title: '',
      description: '',
      langAll: {}
    }]
  }
  const load = async (ms: number, times = 1) => {
    for (let time = 1; time <= times; time++) {
      const { config, act } = await actor(alpha.url, '/marketplace/placement/PAGE_BACKGROUND_WORKER/?IFRAME=Y')
      await act('loaded', { entry: config.wireEntry, ms })
    }
  }
  bind(`${url}/events`)
  await load(5000, 11)
  await load(5001, 10)
  t.equal(alpha.placements.length, 1, 'ten times a day are borne')
  await load(5001)
  t.strictSame(alpha.placements, [])
  const documented = JSON.parse(readFileSync(new URL('../../fixtures/payloads/PAGE_BACKGROUND_WORKER_ERROR.json',
    import.meta.url), 'utf8'))
  t.strictSame(received.map(({ path, body, query }) => [path, Object.keys(body), body.error, query]),
    [['/events', Object.keys(documented.body), documented.body.error, documented.query]])
  t.match(wire.entries.at(-1), { name: 'PAGE_BACKGROUND_WORKER', path: '/events', status: 200 })
  await load(5001)
  t.equal(received.length, 1, 'what is not bound any more is not counted')

  bind('no address', `${url}/other`)
  await load(5001, 10)
  t.equal(alpha.placements.length, 1)
  await load(5001)
  t.equal(alpha.placements.length, 0)
  t.equal(received.length, 1, 'nobody can be told')
})

await t.test('frame calls: the call fits the page it is made from', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const configOf = async (path: string) => (await actor(alpha.url, path)).config
  t.match(await configOf('/marketplace/app/1/'), { denied: [], initData: { INSTALL: true, PLACEMENT: 'DEFAULT' } },
    'the install page')
  alpha.installed = true
  alpha.placements.push(...['CRM_DEAL_DETAIL_TAB', 'BI_ANALYTICS_MENU'].map((placement, index) =>
    ({
      id: index + 1,
      placement,
      userId: 0,
      handler: 'http://127.0.0.1:9/tab',
      options: {},
      title: placement,
      description: '',
      langAll: {}
    })))
  const tab = await configOf('/marketplace/placement/1/?IFRAME=Y&generation=A')
  t.match(tab, {
    denied: ['setTitle'],
    appOrigin: 'http://127.0.0.1:9',
    appPath: '/marketplace/app/1/',
    initData: { PLACEMENT: 'CRM_DEAL_DETAIL_TAB' }
  })
  const bare = await configOf('/marketplace/placement/2/?IFRAME=Y')
  t.match(bare, { sid: /^[0-9a-f]{32}$/, initData: { PLACEMENT: 'BI_ANALYTICS_MENU' } },
    'a call by GET carries no APP_SID, so the frame gets one')
  const withPage = await (await fetch(`${alpha.url}/marketplace/placement/1/?IFRAME=Y`,
    { headers: { referer: `${alpha.url}/stream/` } })).text()
  t.ok(withPage.includes('/stream/'))
})
