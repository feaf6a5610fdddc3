import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openKeptState } from '../../../sandbox/dev/kept-state.ts'
import { openingText } from '../../../sandbox/dev/opening-text.ts'
import { readSettings } from '../../../sandbox/dev/settings.ts'
import { loadConfig } from '../../../src/config.ts'
import { sandboxFor } from '../helper.ts'

const tunnel = 'https://my.example'

/** The settings with what .env holds. */
async function settingsWith (t: Test, env: string, at: string | null = tunnel) {
  const folder = t.testdir({ '.env': env, application: {} })
  const bitrix24 = await sandboxFor(t)
  const kept = openKeptState(join(folder, '.bitrix24'))
  const application = join(folder, 'application')
  return { ...readSettings({ folder, application, tunnel: at ?? undefined, bitrix24, kept }), bitrix24, kept }
}

await t.test('settings: belong to the sandbox without an own application', async t => {
  const { variables, clientId, bitrix24, kept } = await settingsWith(t, 'PUBLIC_URL=https://production.example\n')
  const { publicUrl, trustProxy, allowInsecurePortals, clientId: id, databaseUrl } = loadConfig(variables)
  const hosts = [bitrix24.authorizationServer, bitrix24.url, bitrix24.portals.beta.url].map(url => new URL(url).host)
  t.strictSame({ publicUrl, trustProxy, allowInsecurePortals, id, databaseUrl }, {
    publicUrl: tunnel,
    trustProxy: ['loopback'],
    allowInsecurePortals: hosts,
    id: bitrix24.clientId,
    databaseUrl: kept.serviceDatabase
  })
  t.equal(clientId, undefined)
})

await t.test('settings: belong to the application in .env when there is a tunnel', async t => {
  const env = 'B24_CLIENT_ID=local.1\nB24_CLIENT_SECRET=s\nTRUST_PROXY=none\nDATABASE_URL=postgres://production/x\n'
  const { variables, fixed, clientId, kept } = await settingsWith(t, env)
  t.notOk('B24_CLIENT_SECRET' in fixed, 'what is in .env is kept there only')
  t.match(loadConfig(variables), {
    publicUrl: tunnel,
    clientId: 'local.1',
    clientSecret: 's',
    trustProxy: ['loopback'],
    allowInsecurePortals: false,
    host: '127.0.0.1',
    oauthServers: loadConfig({ ...variables, B24_OAUTH_SERVERS: '' }).oauthServers,
    databaseUrl: kept.databaseOf('local.1')
  })
  t.equal(clientId, 'local.1')
})

await t.test('settings: belong to the sandbox without a tunnel, whatever is in .env', async t => {
  const env = 'B24_CLIENT_ID=local.1\nB24_CLIENT_SECRET=s\nALLOW_INSECURE_PORTALS=false\n'
  const { variables, clientId, bitrix24 } = await settingsWith(t, env, null)
  t.match(loadConfig(variables), { clientId: bitrix24.clientId, allowInsecurePortals: true, trustProxy: false })
  t.equal(clientId, undefined)
})

await t.test('settings: keep the proxies that .env names', async t => {
  const { variables } = await settingsWith(t, 'TRUST_PROXY=10.0.0.1, 10.0.0.2\n')
  t.strictSame(loadConfig(variables).trustProxy, ['loopback', '10.0.0.1', '10.0.0.2'])
})

await t.test('settings: let the service say what is missing', async t => {
  const { variables, clientId } = await settingsWith(t, 'B24_CLIENT_SECRET=s\n')
  t.equal(clientId, '')
  t.throws(() => loadConfig(variables), { message: /^B24_CLIENT_ID: missing\. / })
})

await t.test('opening text: has the card, and whether the address has changed', async t => {
  const bitrix24 = await sandboxFor(t)
  const application = t.testdir({ placements: { 'CRM_DEAL_DETAIL_TAB.ts': '', TASK_VIEW_TAB: {}, 'CRM_x.md': '' } })
  const text = (clientId?: string, former?: string) =>
    openingText({ application, tunnel, clientId, former, bitrix24 }).replaceAll(/\s+/g, ' ')
  const card = 'The card of the application in Bitrix24 (Developer resources > Other > Local application > Server): ' +
    'Your handler path https://my.example/placement Initial installation path https://my.example/install ' +
    'Script only (no user interface) not ticked ' +
    'Assign permissions placement, crm, task, and what your own REST calls need'
  t.match(text(), `${card} Put its "Application ID (client_id)"`)
  t.match(text('local.1'), 'The service is the application local.1 in Bitrix24, at https://my.example.')
  t.notMatch(text('local.1', tunnel), 'The address has changed')
  t.match(text('local.1', 'https://old.example'),
    `${card} The address has changed; it was https://old.example. Change both paths on the card by hand`)
})

await t.test('kept state: knows the last address of each application', t => {
  const folder = join(t.testdir({}), '.bitrix24')
  const kept = openKeptState(folder)
  t.equal(kept.addressOf('local.1'), undefined)
  kept.keepAddress('local.1', 'https://a.example')
  kept.keepAddress('../2', 'https://b.example')
  const again = openKeptState(folder)
  t.strictSame([again.addressOf('local.1'), again.addressOf('../2')], ['https://a.example', 'https://b.example'])
  t.equal(again.databaseOf('../2'), `sqlite:${folder}/.._2.db`)
  t.end()
})
