import t from 'tap'
import { failureOf, resultOf, sandboxFor } from '../../helper.ts'

const HANDLER = 'https://a.example/placement'

await t.test('REST placement: placement.bind refuses with the documented codes', async t => {
  const { portals: { alpha } } = await sandboxFor(t, { scope: ['placement', 'im'] })
  await resultOf(alpha, 'placement.bind', { PLACEMENT: 'REST_APP_URI', HANDLER })
  await resultOf(alpha, 'placement.bind', { PLACEMENT: 'LEFT_MENU', HANDLER })
  const rows: Array<[string, Record<string, unknown>, unknown[]]> = [
    ['no placement', { HANDLER }, [400, 'ERROR_ARGUMENT', 'PLACEMENT']],
    ['a placement that is no text', { PLACEMENT: ['LEFT_MENU'], HANDLER }, [400, 'ERROR_ARGUMENT', 'PLACEMENT']],
    ['DEFAULT', { PLACEMENT: 'DEFAULT', HANDLER }, [400, 'ERROR_ARGUMENT', 'PLACEMENT']],
    ['no handler', { PLACEMENT: 'LEFT_MENU' }, [400, 'ERROR_ARGUMENT', 'HANDLER']],
    ['other protocol', { PLACEMENT: 'LEFT_MENU', HANDLER: 'ftp://a.example/' }, [400, 'ERROR_UNSUPPORTED_PROTOCOL']],
    ['host without a dot', { PLACEMENT: 'LEFT_MENU', HANDLER: 'http://localhost/' }, [400, 'ERROR_WRONG_HANDLER_URL']],
    ['no address', { PLACEMENT: 'LEFT_MENU', HANDLER: 'handler' }, [400, 'ERROR_WRONG_HANDLER_URL']],
    ['unknown placement', { PLACEMENT: 'NOWHERE', HANDLER }, [400, 'ERROR_PLACEMENT_NOT_FOUND']],
    ['private placement', { PLACEMENT: 'USERFIELD_TYPE', HANDLER }, [400, 'ERROR_PLACEMENT_NOT_FOUND']],
    ['scope missing', { PLACEMENT: 'CRM_DEAL_DETAIL_TAB', HANDLER }, [400, 'ERROR_PLACEMENT_NOT_FOUND']],
    ['other smart process', { PLACEMENT: 'CRM_DYNAMIC_184_DETAIL_TAB', HANDLER }, [400, 'ERROR_PLACEMENT_NOT_FOUND']],
    ['required option missing', { PLACEMENT: 'IM_SIDEBAR', HANDLER }, [400, 'ERROR_ARGUMENT', 'iconName']],
    ['for one user', { PLACEMENT: 'REST_APP_URI', HANDLER, USER_ID: 1 }, [400, 'ERROR_PLACEMENT_USER_MODE']],
    ['second link handler', { PLACEMENT: 'REST_APP_URI', HANDLER: 'https://b.example/' },
      [400, 'ERROR_PLACEMENT_MAX_COUNT']],
    ['same link handler again', { PLACEMENT: 'REST_APP_URI', HANDLER }, [400, 'ERROR_PLACEMENT_MAX_COUNT']],
    ['worker without an error address', { PLACEMENT: 'PAGE_BACKGROUND_WORKER', HANDLER },
      [200, 'EMPTY_ERROR_HANDLER_URL']],
    ['a title that is no text', { PLACEMENT: 'LEFT_MENU', HANDLER: 'https://b.example/', TITLE: ['x'] },
      [400, 'ERROR_ARGUMENT', 'TITLE']],
    ['bound twice', { PLACEMENT: 'LEFT_MENU', HANDLER }, [400, 'ERROR_CORE']]
  ]
  for (const [name, params, expected] of rows) {
    t.strictSame(await failureOf(alpha, 'placement.bind', params), expected, name)
  }
  t.equal(alpha.placements.length, 2)
})

await t.test('REST placement: placement.bind checks documented options', async t => {
  const { portals: { alpha } } = await sandboxFor(t, { scope: ['placement'] })
  const rows: Array<[placement: string, options: Record<string, unknown>, expected: unknown[]]> = [
    ['IM_CONTEXT_MENU', { context: 'ALL' }, [200, undefined]],
    ['IMMOBILE_CONTEXT_MENU', { context: 'USER;CHAT;LINES;CRM', extranet: 'Y', role: 'ADMIN' }, [200, undefined]],
    ['IM_NAVIGATION', { iconName: 'fa-x', context: 'anything: it takes none' }, [200, undefined]],
    ['IM_TEXTAREA', { iconName: 'fa cloud', color: 'LIGHT_BLUE', width: 0, height: '200' }, [200, undefined]],
    ['IM_CONTEXT_MENU', { context: 'EVERYBODY' }, [400, 'INVALID_ERROR_CONTEXT']],
    ['IM_SMILES_SELECTOR', { context: 'USER,CHAT' }, [400, 'INVALID_ERROR_CONTEXT']],
    ['IM_CONTEXT_MENU', { extranet: 'yes' }, [400, 'INVALID_ERROR_EXTRANET']],
    ['IMMOBILE_CONTEXT_MENU', { role: 'GUEST' }, [400, 'INVALID_ERROR_ROLE']],
    ['IM_SIDEBAR', { iconName: 'fa_cloud' }, [400, 'ERROR_ARGUMENT', 'iconName']],
    ['IM_SIDEBAR', { iconName: 'x'.repeat(51) }, [400, 'ERROR_ARGUMENT', 'iconName']],
    ['IM_SIDEBAR', { iconName: 'fa-x', color: 'red' }, [400, 'ERROR_ARGUMENT', 'color']],
    ['IM_TEXTAREA', { iconName: 'fa-x', width: -1 }, [400, 'ERROR_ARGUMENT', 'width']],
    ['IM_TEXTAREA', { iconName: 'fa-x', height: 'tall' }, [400, 'ERROR_ARGUMENT', 'height']]
  ]
  for (const [PLACEMENT, OPTIONS, expected] of rows) {
    t.strictSame(await failureOf(alpha, 'placement.bind', { PLACEMENT, HANDLER, OPTIONS }), expected,
      `${PLACEMENT} ${JSON.stringify(OPTIONS)}`)
  }
  t.strictSame(alpha.placements.map(({ options }) =>
    Object.keys(options).join()), ['context', 'context,extranet,role', 'iconName', 'iconName,color,width,height'])
})
