import t from 'tap'
import type { SandboxUser } from '../../../../sandbox/index.ts'
import { callRest, failureOf, resultOf, sandboxFor } from '../../helper.ts'

await t.test('REST task: each has favorites of his or her own', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { admin, employee } = alpha.users
  const favorite = (user: SandboxUser = admin) =>
    resultOf(alpha, 'tasks.task.get', { taskId: 31, select: ['FAVORITE'] }, user)
  const starred = { task: { favorite: 'Y', action: { 'favorite.add': false, 'favorite.delete': true } } }
  const plain = { task: { favorite: 'N', action: { 'favorite.add': true, 'favorite.delete': false } } }
  t.match([await favorite(), await favorite(employee)], [plain, plain])
  t.equal(await resultOf(alpha, 'tasks.task.favorite.add', { taskId: 31 }), true)
  t.equal(await resultOf(alpha, 'tasks.task.favorite.add', { taskId: 31 }), false, 'it is one already')
  t.match([await favorite(), await favorite(employee)], [starred, plain])
  const filter = { '::SUBFILTER-PARAMS': { FAVORITE: 'Y' } }
  t.match(await resultOf(alpha, 'tasks.task.list', { filter }), { tasks: [{ id: '31' }] })
  t.strictSame(await resultOf(alpha, 'tasks.task.list', { filter }, employee), { tasks: [] })
  t.equal(await resultOf(alpha, 'tasks.task.favorite.remove', { taskId: 31 }), true)
  t.match(await favorite(), plain)
  t.equal(await resultOf(alpha, 'tasks.task.favorite.remove', { taskId: 99 }), false)
})

await t.test('REST task: the state says what may be done', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const access = async (params: object = {}) =>
    resultOf(alpha, 'tasks.task.getaccess', { taskId: 31, ...params })
  t.match(await access(), { allowedActions: { 1: { START: true, PAUSE: false, EDIT: true, ACCEPT: false } } })
  await resultOf(alpha, 'tasks.task.start', { taskId: 31 })
  t.match(await access({ users: [2, 99] }),
    { allowedActions: { 2: { START: false, PAUSE: true, EDIT: true }, 99: { PAUSE: false, EDIT: false } } })
  t.strictSame(await access({ taskId: 99 }), { allowedActions: [] })
  t.strictSame(await failureOf(alpha, 'tasks.task.getaccess', { taskId: 31, users: 2 }), [400, '100'])
  t.strictSame(await failureOf(alpha, 'tasks.task.getaccess', { users: [2] }), [400, '100'])
})

await t.test('REST task: the history says what was changed by whom', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { employee } = alpha.users
  await resultOf(alpha, 'tasks.task.update', { taskId: 31, fields: { TITLE: 'New', AUDITORS: [3], PRIORITY: 1 } })
  await resultOf(alpha, 'tasks.task.start', { taskId: 31 }, employee)
  await resultOf(alpha, 'tasks.task.update', { taskId: 31, fields: { TITLE: 'New' } })
  const history = async (params: object = {}) => {
    const { list } = await resultOf(alpha, 'tasks.task.history.list', { taskId: 31, ...params }) as
      { list: Array<{ field: string, value: object, user: { name: string } }> } // the changes
    return list.map(({ field, value, user }) => [field, value, user.name])
  }
  t.strictSame(await history({ filter: { FIELD: ['AUDITORS', 'STATUS', 'PRIORITY'] }, order: { id: 'ASC' } }), [
    ['AUDITORS', { from: '', to: '3' }, 'Anna'],
    ['PRIORITY', { from: '', to: '1' }, 'Anna'],
    ['STATUS', { from: '', to: '3' }, 'Emil']
  ])
  const all = await history()
  t.equal(all.filter(([field]) => field === 'TITLE').length, 1, 'what stays the same is no change')
  t.match(all.at(-1), ['NEW', { from: null, to: null }])
  t.strictSame(await history({ taskId: 99 }), [])
  t.notOk('history' in Object(Object(await resultOf(alpha, 'tasks.task.get', { taskId: 31 })).task))
})

await t.test('REST task: files of the drive are attached and told', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const upload = async (name: string): Promise<number> => Object(await resultOf(alpha, 'disk.storage.uploadfile',
    { id: 1, data: { NAME: name }, fileContent: [name, 'SGVsbG8='] })).ID
  const [fileId, other] = [await upload('a.txt'), await upload('b.txt')]
  const { attachmentId } = Object(await resultOf(alpha, 'tasks.task.files.attach', { taskId: 31, fileId }))
  t.not(attachmentId, fileId, 'an attachment has a number of its own')
  const { DOWNLOAD_URL, ...row } = Object(await resultOf(alpha, 'disk.attachedObject.get', { id: attachmentId }))
  t.match(row, {
    ID: String(attachmentId),
    OBJECT_ID: String(fileId),
    MODULE_ID: 'tasks',
    ENTITY_TYPE: 'tasks_task',
    ENTITY_ID: '31',
    CREATED_BY: '1',
    NAME: 'a.txt',
    SIZE: '5'
  })
  t.equal(await (await fetch(DOWNLOAD_URL)).text(), 'Hello')

  const filesOf = async (taskId: number): Promise<number[]> => Object(await resultOf(alpha, 'tasks.task.get',
    { taskId, select: ['UF_TASK_WEBDAV_FILES'] })).task.ufTaskWebdavFiles
  const update = (UF_TASK_WEBDAV_FILES: unknown) =>
    resultOf(alpha, 'tasks.task.update', { taskId: 31, fields: { UF_TASK_WEBDAV_FILES } })
  t.strictSame(await filesOf(31), [attachmentId])
  await update([attachmentId, `n${other}`, 'n999'])
  const files = await filesOf(31)
  t.equal(files.length, 2, 'what is no file is not attached')
  t.match(await resultOf(alpha, 'disk.attachedObject.get', { id: files[1] }), { NAME: 'b.txt' })
  await update('')
  t.strictSame(await filesOf(31), [])
  t.strictSame(await failureOf(alpha, 'disk.attachedObject.get', { id: attachmentId }), [400, 'ERROR_NOT_FOUND'])

  const { task } = Object(await resultOf(alpha, 'tasks.task.add',
    { fields: { TITLE: 'x', RESPONSIBLE_ID: 2, UF_TASK_WEBDAV_FILES: [`n${fileId}`] } }))
  const [added] = await filesOf(task.id)
  t.match(await resultOf(alpha, 'disk.attachedObject.get', { id: added }), { NAME: 'a.txt', ENTITY_ID: task.id })
  await resultOf(alpha, 'disk.file.delete', { id: fileId })
  t.strictSame(await failureOf(alpha, 'disk.attachedObject.get', { id: added }), [400, 'ERROR_NOT_FOUND'])
  t.strictSame(await failureOf(alpha, 'disk.attachedObject.get', { id: 99 }), [400, 'ERROR_NOT_FOUND'])
  t.strictSame(await failureOf(alpha, 'disk.attachedObject.get'), [400, 'ERROR_ARGUMENT'])
})

await t.test('REST task: a file is not attached for the documented reasons', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { ID: folder } = Object(await resultOf(alpha, 'disk.storage.addfolder', { id: 1, data: { NAME: 'Letters' } }))
  const rows: Array<[params: Record<string, unknown>, code: string, text: RegExp]> = [
    [{ fileId: 1 }, '100', /^CTaskItem All/],
    [{ taskId: 'x', fileId: 1 }, '0', /^wrong task id/],
    [{ taskId: 31 }, '100', /^Could not find value for parameter \{fileId\}/],
    [{ taskId: 31, fileId: 'n1' }, '100', /^Invalid value \{n1\} .* Should be value of type int\./],
    [{ taskId: 99, fileId: 1 }, '0', /^Access denied/],
    [{ taskId: 31, fileId: 999 }, 'ERROR_CORE', /^Insufficient permissions\.<br>$/],
    [{ taskId: 31, fileId: folder }, 'ERROR_CORE', /^Insufficient permissions/]
  ]
  for (const [params, error, text] of rows) {
    t.match(await callRest(alpha, 'tasks.task.files.attach', params),
      { status: 400, body: { error, error_description: text } }, JSON.stringify(params))
  }
})
