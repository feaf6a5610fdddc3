import t from 'tap'
import { missingScope } from '../../../plugins/installation/scopes.ts'

await t.test('names the scope that a placement lacks', async t => {
  const rows: Array<[code: string, granted: string[], missing: string | undefined]> = [
    ['CRM_DEAL_DETAIL_TAB', ['placement', 'crm'], undefined],
    ['CRM_DEAL_DETAIL_TAB', ['placement'], 'crm'],
    ['CRM_DEAL_DETAIL_TAB', ['crm'], 'placement'],
    ['REST_APP_URI', ['placement'], undefined],
    ['REST_APP_URI', [], 'placement'],
    ['TASK_VIEW_TAB', ['placement'], 'task'],
    ['IM_TEXTAREA', ['placement'], undefined],
    ['IM_SMILES_SELECTOR', ['placement'], undefined],
    ['IMMOBILE_CONTEXT_MENU', ['placement'], undefined],
    ['CALENDAR_GRIDVIEW', ['placement'], 'calendar'],
    ['CONTACT_CENTER', ['placement'], 'contact_center'],
    ['CALL_CARD', ['placement'], 'telephony'],
    ['TELEPHONY_ANALYTICS_MENU', ['placement'], 'telephony'],
    ['USER_PROFILE_MENU', ['placement'], 'user'],
    ['SONET_GROUP_TOOLBAR', ['placement'], 'sonet_group'],
    ['LANDING_SETTINGS', ['placement'], 'landing']
  ]
  for (const [code, granted, missing] of rows) t.equal(missingScope(code, granted), missing, `${code} with ${granted.join()}`)
})
