import t from 'tap'
import { until } from '../../../until.ts'
import { fakeApplication } from '../../fake-application.ts'
import { callRest, resultOf, sandboxFor } from '../../helper.ts'

await t.test('REST crm: stages of deals have names', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.match(await resultOf(alpha, 'crm.status.list', { filter: { ENTITY_ID: 'DEAL_STAGE', STATUS_ID: 'EXECUTING' } }),
    [{ STATUS_ID: 'EXECUTING', NAME: 'In progress', SEMANTICS: null }])
  t.strictSame(await resultOf(alpha, 'crm.status.list', { filter: { ENTITY_ID: 'DEAL_STAGE_7' } }), [])
  t.match((await callRest(alpha, 'crm.status.list',
    { order: { SORT: 'DESC' }, filter: { ENTITY_ID: 'DEAL_STAGE' } })).body,
  { total: 8, result: [{ STATUS_ID: 'APOLOGY', SEMANTICS: 'F' }] })
})

await t.test('REST crm: the contact of a deal is read', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.match(await resultOf(alpha, 'crm.deal.get', { id: 8061 }), { CONTACT_ID: '5' })
  t.match(await resultOf(alpha, 'crm.contact.get', { id: 5 }), {
    ID: '5',
    NAME: 'Marta',
    LAST_NAME: 'Lind',
    COMPANY_ID: '3',
    PHONE: [{ ID: '501', VALUE_TYPE: 'WORK', VALUE: '+49 30 901821', TYPE_ID: 'PHONE' }]
  })
  for (const [id, text] of [['7', 'Not found'], ['none', 'ID is not defined or invalid']]) {
    t.match(await callRest(alpha, 'crm.contact.get', { id }), { status: 400, body: { error_description: text } })
  }
})

await t.test('REST crm: the stages of every pipeline are in a directory', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const rows: Array<[directory: string, stages: string[]]> = [
    ['STATUS', ['NEW', 'IN_PROCESS', 'PROCESSED', 'CONVERTED', 'JUNK']],
    ['QUOTE_STATUS', ['DRAFT', 'SENT', 'APPROVED', 'DECLAINED']],
    ['SMART_INVOICE_STAGE_2', ['DT31_2:N', 'DT31_2:S', 'DT31_2:P', 'DT31_2:D']],
    ['DYNAMIC_183_STAGE_1',
      ['DT183_1:NEW', 'DT183_1:PREPARATION', 'DT183_1:CLIENT', 'DT183_1:SUCCESS', 'DT183_1:FAIL']],
    ['COMPANY_TYPE', ['CUSTOMER', 'SUPPLIER', 'COMPETITOR', 'PARTNER', 'OTHER']]
  ]
  for (const [ENTITY_ID, stages] of rows) {
    const found = await resultOf(alpha, 'crm.status.list', { filter: { ENTITY_ID } }) as object[] // a list of values
    t.match(found, stages.map(STATUS_ID => ({ ENTITY_ID, STATUS_ID, NAME: /\w/ })), ENTITY_ID)
  }
  t.match(await resultOf(alpha, 'crm.status.list', { filter: { STATUS_ID: 'C1:NEW' } }),
    [{ ENTITY_ID: 'DEAL_STAGE_1', CATEGORY_ID: '1' }])
})

await t.test('REST crm: pipelines and smart processes are listed', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.match((await callRest(alpha, 'crm.category.list', { entityTypeId: 2 })).body, {
    result: {
      categories: [
        { id: 1, name: 'Repeat orders', sort: 200, entityTypeId: 2, isDefault: 'N', originId: '', originatorId: '' },
        { id: 0, name: 'General', sort: 300, entityTypeId: 2, isDefault: 'Y' }
      ]
    },
    total: 2
  })
  t.match(await callRest(alpha, 'crm.category.list', { entityTypeId: 1 }),
    { status: 400, body: { error: 'ENTITY_TYPE_NOT_SUPPORTED' } })
  t.match(await callRest(alpha, 'crm.category.list', { entityTypeId: 999 }),
    { status: 400, body: { error: 'NOT_FOUND' } })
  const types = (params: object) => callRest(alpha, 'crm.type.list', { ...params })
  const filter = { 0: { logic: 'OR', 0: { '%title': 'deliv' }, 1: { '%title': '0' } } }
  t.match((await types({ filter, order: { id: 'DESC' } })).body,
    { result: { types: [{ id: 5, title: 'Delivery', entityTypeId: 183, isStagesEnabled: 'Y' }] }, total: 1 })
  t.match((await types({ filter: { isBizProcEnabled: 'Y' } })).body, { result: { types: [] }, total: 0 })
})

await t.test('REST crm: a comment is kept in the timeline of its deal', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const add = (fields: object) => callRest(alpha, 'crm.timeline.comment.add', { fields }, alpha.users.employee)
  const added = await add({ ENTITY_TYPE: 'deal', ENTITY_ID: 8061, COMMENT: 'Call her' })
  t.match(added, { status: 200, body: { result: 1 } })
  const rows: Array<[fields: object, text: string]> = [
    [{ ENTITY_TYPE: 'deal', ENTITY_ID: 8061 }, 'Empty comment message.'],
    [{ ENTITY_TYPE: 'deal', ENTITY_ID: 1, COMMENT: 'a' }, 'Access denied.'],
    [{ ENTITY_TYPE: 'lead', ENTITY_ID: 8061, COMMENT: 'a' }, 'Access denied.'],
    [{ ENTITY_TYPE: 'dynamicitem', ENTITY_ID: 42, COMMENT: 'a' }, 'Access denied.']
  ]
  for (const [fields, text] of rows) t.match(await add(fields), { status: 400, body: { error_description: text } })
  t.match(alpha.content.list('deal-comment'), [{ parent: '8061', authorId: 2, text: 'Call her' }])
  const page = await fetch(`${alpha.url}/crm/deal/details/8061/`)
  t.match(await page.text(), /aria-label="Comments"[^]*Call her/)
})

await t.test('REST crm: the files of a comment are on the drive of its author', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const FILES = [['1.gif', 'R0lGOA=='], { fileData: ['1.gif', 'R0lGOA=='] }, ['note.txt', 'YQ==']]
  const id = await resultOf(alpha, 'crm.timeline.comment.add',
    { fields: { ENTITY_TYPE: 'deal', ENTITY_ID: 8061, COMMENT: 'Look', FILES } })
  const comment = await resultOf(alpha, 'crm.timeline.comment.get', { id })
  t.match(Object.values(Object(comment).FILES), [
    { name: '1.gif', type: 'image', size: 4, authorName: 'Anna Berger' }, { name: '1 (1).gif' },
    { name: 'note.txt', type: 'file', size: 1 }
  ])
  const [file] = Object(await resultOf(alpha, 'disk.storage.getchildren', { id: 11 }))
  t.equal(await (await fetch(file.DOWNLOAD_URL)).text(), 'GIF8')
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

await t.test('REST crm: a pipeline is read by its number', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.strictSame(await resultOf(alpha, 'crm.category.get', { entityTypeId: 2, id: 1 }), {
    category: {
      id: 1, name: 'Repeat orders', sort: 200, entityTypeId: 2, isDefault: 'N', originId: '', originatorId: ''
    }
  })
  t.match(await callRest(alpha, 'crm.category.get', { entityTypeId: 2, id: 9 }),
    { status: 400, body: { error: 'NOT_FOUND', error_description: 'Element not found' } })
  t.match(await callRest(alpha, 'crm.category.get', { entityTypeId: 1, id: 0 }),
    { status: 400, body: { error: 'ENTITY_TYPE_NOT_SUPPORTED' } })
})

await t.test('REST crm: a comment is changed and removed', async t => {
  const { url, received } = await fakeApplication(t)
  const { portals: { alpha } } = await sandboxFor(t, { appUrl: url })
  alpha.installed = true
  const events = ['ADD', 'UPDATE', 'DELETE'].map(change => `ONCRMTIMELINECOMMENT${change}`)
  alpha.events = events.map(event => ({ event, handler: `${url}/events`, authType: 0 }))
  const fields = { ENTITY_TYPE: 'deal', ENTITY_ID: 8061, COMMENT: 'Call her' }
  const id = await resultOf(alpha, 'crm.timeline.comment.add', { fields })
  t.equal(await resultOf(alpha, 'crm.timeline.comment.update', { id, fields: { COMMENT: 'Done' } }), id)
  t.match(await resultOf(alpha, 'crm.timeline.comment.get', { id }), { COMMENT: 'Done', AUTHOR_ID: '1' })
  t.match(await callRest(alpha, 'crm.timeline.comment.update', { id, fields: {} }),
    { status: 400, body: { error_description: 'Empty comment message.' } })
  t.equal(await resultOf(alpha, 'crm.timeline.comment.delete', { id }), null)
  t.match(await callRest(alpha, 'crm.timeline.comment.delete', { id }),
    { status: 400, body: { error_description: 'Not found.' } })
  await until(() => received.length === events.length)
  t.strictSame(received.map(({ body }) => [body.event, body['data[ID]']]).sort(),
    events.map(event => [event, String(id)]).sort())
})

await t.test('REST crm: a comment is kept in the timeline of any item', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const items: Array<[ENTITY_TYPE: string, ENTITY_ID: number]> = [['deal', 8061], ['lead', 250], ['contact', 5],
    ['company', 3], ['quote', 9], ['dynamic_31', 21], ['dynamic_183', 42]]
  for (const [index, [ENTITY_TYPE, ENTITY_ID]] of items.entries()) {
    const item = { ENTITY_TYPE, ENTITY_ID }
    const id = await resultOf(alpha, 'crm.timeline.comment.add', { fields: { ...item, COMMENT: `On ${ENTITY_TYPE}` } })
    t.equal(id, index + 1)
    const expected = {
      ID: String(id),
      ENTITY_ID: String(ENTITY_ID),
      ENTITY_TYPE,
      CREATED: /^\d{4}-/,
      COMMENT: `On ${ENTITY_TYPE}`,
      AUTHOR_ID: '1',
      FILES: []
    }
    t.match(await resultOf(alpha, 'crm.timeline.comment.get', { id }), expected, ENTITY_TYPE)
    t.match(await resultOf(alpha, 'crm.timeline.comment.list', { filter: item }), [expected], ENTITY_TYPE)
  }
  for (const [id, text] of [[99, 'Not found.'], ['x', 'ID is not defined or invalid.']]) {
    t.match(await callRest(alpha, 'crm.timeline.comment.get', { id }),
      { status: 400, body: { error: '', error_description: text } })
  }
})
