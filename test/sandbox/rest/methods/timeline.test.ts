import t from 'tap'
import { until } from '../../../until.ts'
import { fakeApplication } from '../../fake-application.ts'
import { callRest, resultOf, sandboxFor } from '../../helper.ts'

await t.test('REST timeline: a comment is kept in the timeline of its deal', async t => {
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

await t.test('REST timeline: the files of a comment are on the drive of its author', async t => {
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

await t.test('REST timeline: the comments on a deal are listed', async t => {
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

await t.test('REST timeline: the files of a comment are replaced by those of a change', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const names = async (id: unknown) => Object.values(Object(
    Object(await resultOf(alpha, 'crm.timeline.comment.get', { id })).FILES)).map(file => Object(file).name)
  const fields = { ENTITY_TYPE: 'deal', ENTITY_ID: 8061, COMMENT: 'Look', FILES: [['1.gif', 'R0lGOA==']] }
  const id = await resultOf(alpha, 'crm.timeline.comment.add', { fields })
  await resultOf(alpha, 'crm.timeline.comment.update', { id, fields: { COMMENT: 'See' } })
  t.strictSame(await names(id), ['1.gif'])
  await resultOf(alpha, 'crm.timeline.comment.update', { id, fields: { COMMENT: 'See', FILES: [['2.gif', 'R0lG']] } })
  t.strictSame(await names(id), ['2.gif'])
})

await t.test('REST timeline: a comment is changed and removed', async t => {
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

await t.test('REST timeline: a comment is kept in the timeline of any item', async t => {
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
