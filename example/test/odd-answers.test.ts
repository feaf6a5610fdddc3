import t from 'tap'
import { codeOf, startService } from './service.ts'

const oddNames = [{ VALUE: 'x' }, ['<b>x'], 7, true, null, [[{}]], '"><b>x']

await t.test('odd answers: a name that is no text leaves the pages as they are', async t => {
  let name: unknown
  const { sandbox, alpha } = await startService(t, {
    methods: {
      'crm.deal.get': () => ({ TITLE: name, STAGE_ID: 'NEW', CONTACT_ID: '3', OPPORTUNITY: name, CURRENCY_ID: name }),
      'crm.status.list': () => [{ NAME: name }],
      'crm.contact.get': () => ({ NAME: name, LAST_NAME: name }),
      'im.dialog.get': () => ({ id: 2, name })
    }
  })
  const pages = [['CRM_DEAL_DETAIL_TAB', { ID: '1' }], ['IM_SIDEBAR', { dialogId: 'chat2' }]] as const
  for (name of oddNames) {
    for (const [code, params] of pages) {
      const { status, text } = await sandbox.send(alpha.placementCall(code, { params }))
      t.equal(status, 200, JSON.stringify(name))
      t.notMatch(text, /<b>x|\[object Object\]|>(?:null|undefined|true)</)
    }
  }
})

await t.test('odd answers: a dialog without an id has no notes, which would be those of all such dialogs', async t => {
  let dialog: unknown
  const { sandbox, alpha } = await startService(t, { methods: { 'im.dialog.get': () => dialog } })
  for (dialog of [null, [], { name: 'x' }, { id: null }, { id: {} }]) {
    const answer = await sandbox.send(alpha.placementCall('IM_SIDEBAR', { params: { dialogId: 'chat2' } }))
    t.strictSame([answer.status, codeOf(answer)], [502, 'B24_ERR_PORTAL_REFUSED'], JSON.stringify(dialog))
  }
})
