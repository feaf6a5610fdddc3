import t from 'tap'
import { failureOf, resultOf, sandboxFor } from '../../helper.ts'

const HANDLER = 'https://a.example/placement'

await t.test('REST placement: a handler is bound and read back', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.equal(await resultOf(alpha, 'placement.bind',
    { PLACEMENT: 'crm_dynamic_183_detail_tab', HANDLER, TITLE: ' Supplies ' }), true)
  t.equal(await resultOf(alpha, 'placement.bind', {
    PLACEMENT: 'IM_TEXTAREA',
    HANDLER,
    OPTIONS: { iconName: 'fa-cloud', width: '50', foreign: 1 },
    LANG_ALL: { de: { TITLE: 'Wetter' } }
  }), true)
  t.equal(await resultOf(alpha, 'placement.bind', { PLACEMENT: 'LEFT_MENU', HANDLER }), true)
  t.strictSame(await resultOf(alpha, 'placement.get'), [
    {
      id: 1,
      placement: 'CRM_DYNAMIC_183_DETAIL_TAB',
      userId: 0,
      handler: HANDLER,
      options: [],
      title: 'Supplies',
      description: '',
      langAll: { en: { TITLE: 'Supplies', DESCRIPTION: '', GROUP_NAME: '' } }
    },
    {
      id: 2,
      placement: 'IM_TEXTAREA',
      userId: 0,
      handler: HANDLER,
      options: { iconName: 'fa-cloud', width: 50 },
      title: 'Wetter',
      description: '',
      langAll: { de: { TITLE: 'Wetter', DESCRIPTION: '', GROUP_NAME: '' } }
    },
    {
      id: 3,
      placement: 'LEFT_MENU',
      userId: 0,
      handler: HANDLER,
      options: [],
      title: 'Demo widgets',
      description: '',
      langAll: { en: { TITLE: 'Demo widgets', DESCRIPTION: '', GROUP_NAME: '' } }
    }
  ])
})

await t.test('REST placement: one code takes several handlers', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.equal(await resultOf(alpha, 'placement.bind', { PLACEMENT: 'SETTING_CONNECTOR', HANDLER }), true)
  t.strictSame(alpha.placements, [])
  for (const query of ['?tile=1', '?tile=2']) {
    t.equal(await resultOf(alpha, 'placement.bind', { PLACEMENT: 'CONTACT_CENTER', HANDLER: HANDLER + query }), true)
  }
  alpha.installed = true
  t.match(alpha.placementCall('CONTACT_CENTER').url, `${HANDLER}?tile=1&DOMAIN=`)
})

await t.test('REST placement: a background worker is bound for all or for a user', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const bind = (USER_ID: number, handler: string) => failureOf(alpha, 'placement.bind', {
    PLACEMENT: 'PAGE_BACKGROUND_WORKER',
    HANDLER: handler,
    USER_ID,
    OPTIONS: { errorHandlerUrl: 'https://a.example/error' }
  })
  t.strictSame(await bind(0, 'https://a.example/0'), [200, undefined])
  t.strictSame(await bind(1, 'https://a.example/1'), [200, undefined])
  t.strictSame(await bind(2, 'https://a.example/2'), [200, undefined])
  for (const user of [0, 2]) t.strictSame(await bind(user, 'https://a.example/3'), [400, 'ERROR_PLACEMENT_MAX_COUNT'])
})

await t.test('REST placement: placement.unbind counts each handler twice', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const bindAll = async () => {
    for (const path of ['1', '2', '3']) {
      await resultOf(alpha, 'placement.bind', { PLACEMENT: 'LEFT_MENU', HANDLER: `https://a.example/${path}` })
    }
  }
  await bindAll()
  const rows: Array<[string, Record<string, unknown>, number]> = [
    ['unknown placement', { PLACEMENT: 'NOWHERE' }, 0],
    ['one handler', { PLACEMENT: 'LEFT_MENU', HANDLER: 'https://a.example/2' }, 2],
    ['it is gone', { PLACEMENT: 'LEFT_MENU', HANDLER: 'https://a.example/2' }, 0],
    ['for a user that has none', { PLACEMENT: 'LEFT_MENU', USER_ID: 7 }, 0],
    ['all', { PLACEMENT: 'left_menu' }, 4]
  ]
  for (const [name, params, count] of rows) {
    t.strictSame(await resultOf(alpha, 'placement.unbind', params), { count }, name)
  }
  t.strictSame(await failureOf(alpha, 'placement.unbind'), [400, 'ERROR_ARGUMENT', 'PLACEMENT'])
})

await t.test('REST placement: placement.list names what the scopes allow', async t => {
  const { portals: { alpha } } = await sandboxFor(t, { scope: ['placement'] })
  // The answer of placement.list is a list of codes.
  const list = async (params = {}) => await resultOf(alpha, 'placement.list', params, alpha.users.employee) as string[]
  const own = await list()
  t.ok(own.includes('REST_APP_URI') && own.includes('IM_TEXTAREA') && !own.includes('CALL_CARD'))
  t.strictSame(await list({ SCOPE: 'telephony' }), ['CALL_CARD', 'TELEPHONY_ANALYTICS_MENU'])
  t.strictSame(await list({ SCOPE: 'im' }),
    ['IM_CONTEXT_MENU', 'IM_NAVIGATION', 'IM_SIDEBAR', 'IM_TEXTAREA', 'IMMOBILE_CONTEXT_MENU'])
  t.strictSame(await list({ SCOPE: '' }),
    ['REST_APP_URI', 'PAGE_BACKGROUND_WORKER', 'LEFT_MENU', 'BI_ANALYTICS_MENU', 'IM_SMILES_SELECTOR'])
  for (const FULL of [true, 'true']) t.ok((await list({ FULL })).includes('CALL_CARD'))
})
