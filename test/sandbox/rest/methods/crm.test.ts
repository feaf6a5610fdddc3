import t from 'tap'
import { callRest, resultOf, sandboxFor } from '../../helper.ts'

await t.test('REST crm: stages of deals have names', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.match(await resultOf(alpha, 'crm.status.list', { filter: { ENTITY_ID: 'DEAL_STAGE', STATUS_ID: 'EXECUTING' } }),
    [{ STATUS_ID: 'EXECUTING', NAME: 'In progress', SEMANTICS: null }])
  t.strictSame(await resultOf(alpha, 'crm.status.list', { filter: { ENTITY_ID: 'DEAL_STAGE_7' } }), [])
  t.match((await callRest(alpha, 'crm.status.list', { order: { SORT: 'DESC' } })).body,
    { total: 8, result: [{ STATUS_ID: 'APOLOGY', SEMANTICS: 'F' }] })
})

await t.test('REST crm: the contact of a deal is read', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.match(await resultOf(alpha, 'crm.deal.get', { id: 8061 }), { CONTACT_ID: '5' })
  t.match(await resultOf(alpha, 'crm.contact.get', { id: 5 }), { ID: '5', NAME: 'Marta', LAST_NAME: 'Lind' })
  for (const [id, text] of [['6', 'Not found'], ['none', 'ID is not defined or invalid']]) {
    t.match(await callRest(alpha, 'crm.contact.get', { id }), { status: 400, body: { error_description: text } })
  }
})

await t.test('REST crm: a comment is kept in the timeline of its deal', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const add = (fields: object) => callRest(alpha, 'crm.timeline.comment.add', { fields }, alpha.users.employee)
  const added = await add({ ENTITY_TYPE: 'deal', ENTITY_ID: 8061, COMMENT: 'Call her' })
  t.match(added, { status: 200, body: { result: 1 } })
  const rows: Array<[fields: object, text: string]> = [
    [{ ENTITY_TYPE: 'deal', ENTITY_ID: 8061 }, 'Empty comment message.'],
    [{ ENTITY_TYPE: 'deal', ENTITY_ID: 1, COMMENT: 'a' }, 'Access denied.'],
    [{ ENTITY_TYPE: 'lead', ENTITY_ID: 8061, COMMENT: 'a' }, 'Access denied.']
  ]
  for (const [fields, text] of rows) t.match(await add(fields), { status: 400, body: { error_description: text } })
  t.match(alpha.content.list('deal-comment'), [{ parent: '8061', authorId: 2, text: 'Call her' }])
  const page = await fetch(`${alpha.url}/crm/deal/details/8061/`)
  t.match(await page.text(), /aria-label="Comments"[^]*Call her/)
})

await t.test('REST crm: the comments on a deal are listed', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const list = (params: Record<string, unknown>) => callRest(alpha, 'crm.timeline.comment.list', params)
  const filter = { ENTITY_TYPE: 'deal', ENTITY_ID: 8061 }
  t.match(await list({ filter }), { status: 200, body: { result: [], total: 0 } })
  for (const [user, COMMENT] of [['employee', 'First'], ['admin', 'Second']] as const) {
    await callRest(alpha, 'crm.timeline.comment.add', { fields: { ...filter, COMMENT } }, alpha.users[user])
  }
  t.match((await list({ filter, order: { ID: 'DESC' } })).body, {
    total: 2,
    result: [
      { ID: '2', AUTHOR_ID: '1', COMMENT: 'Second', ENTITY_ID: '8061', ENTITY_TYPE: 'deal', CREATED: /^\d{4}-/ },
      { ID: '1', AUTHOR_ID: '2', COMMENT: 'First' }
    ]
  })
  t.strictSame((await list({ filter, select: ['ID'] })).body.result, [{ ID: '1' }, { ID: '2' }])
  t.strictSame((await list({ filter: { ...filter, ENTITY_ID: 8062 } })).body.result, [])
  for (const wrong of [{ ENTITY_TYPE: 'deal', ENTITY_ID: 1 }, { ENTITY_TYPE: 'lead', ENTITY_ID: 8061 }]) {
    t.match(await list({ filter: wrong }), { status: 400, body: { error_description: 'Access denied.' } })
  }
})
