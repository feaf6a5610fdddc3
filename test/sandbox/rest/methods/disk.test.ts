import t from 'tap'
import { ask, callRest, failureOf, resultOf, sandboxFor } from '../../helper.ts'

const CONTENT = Buffer.from('Hello, disk').toString('base64')

await t.test('REST disk: everybody sees the drive of the company and the own one', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.match((await callRest(alpha, 'disk.storage.getList', { order: { NAME: 'DESC' } }, alpha.users.employee)).body, {
    total: 2,
    result: [
      {
        ID: '12',
        NAME: 'Emil Novak',
        CODE: null,
        MODULE_ID: 'disk',
        ENTITY_TYPE: 'user',
        ENTITY_ID: '2',
        ROOT_OBJECT_ID: '12'
      },
      { ID: '1', ENTITY_TYPE: 'common' }
    ]
  })
  t.match(await resultOf(alpha, 'disk.storage.getlist', { filter: { '%NAME': 'company' } }), [{ ID: '1' }])
  t.match(await resultOf(alpha, 'disk.storage.get', { id: 1 }), { NAME: 'Company drive' })
  t.match(await resultOf(alpha, 'disk.storage.getforapp'), {
    NAME: alpha.state.application.code, ENTITY_TYPE: 'restapp', ENTITY_ID: String(alpha.state.application.id)
  })
  t.equal(await resultOf(alpha, 'disk.storage.get', { id: 'x' }), null)
  t.strictSame(await failureOf(alpha, 'disk.storage.get', { id: 12 }), [400, 'ERROR_NOT_FOUND'], 'of somebody else')
})

await t.test('REST disk: a file is put into a folder, read and removed', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.match(await resultOf(alpha, 'disk.storage.addfolder', { id: 1, data: { NAME: 'Papers' } }),
    { ID: 101, NAME: 'Papers', TYPE: 'folder', PARENT_ID: '1', STORAGE_ID: '1' })
  t.match(await resultOf(alpha, 'disk.folder.addsubfolder', { id: 101, data: { NAME: 'Old' } }),
    { ID: 102, PARENT_ID: '101' })
  const upload = { id: 101, data: { NAME: 'test.png' }, fileContent: ['test.png', CONTENT] }
  const file = await resultOf(alpha, 'disk.folder.uploadFile', upload) as Record<string, unknown> // a file
  t.match(file, {
    ID: 103,
    NAME: 'test.png',
    CODE: null,
    STORAGE_ID: '1',
    TYPE: 'file',
    PARENT_ID: '101',
    DELETED_TYPE: 0,
    GLOBAL_CONTENT_VERSION: 1,
    SIZE: '11',
    CREATED_BY: '1',
    DELETED_BY: null
  })
  t.strictSame(await failureOf(alpha, 'disk.folder.uploadFile', upload), [400, 'DISK_OBJ_22000'])
  t.match(await resultOf(alpha, 'disk.folder.uploadfile', { ...upload, generateUniqueName: true }),
    { ID: 104, NAME: 'test (1).png' })
  t.match(await resultOf(alpha, 'disk.folder.uploadfile', { ...upload, generateUniqueName: true }),
    { ID: 105, NAME: 'test (2).png' })
  const answer = await fetch(String(file.DOWNLOAD_URL))
  t.equal(await answer.text(), 'Hello, disk')
  t.match(answer.headers.get('content-disposition'), /test\.png/)
  t.match((await callRest(alpha, 'disk.folder.getchildren', { id: 101, filter: { TYPE: 'file' } })).body,
    { total: 3, result: [{ ID: 103 }, { ID: 104 }, { ID: 105 }] })
  t.match(await resultOf(alpha, 'disk.storage.getchildren', { id: 1 }), [{ ID: 101 }])
  t.equal(await resultOf(alpha, 'disk.file.delete', { id: 104 }), true)
  t.match(await resultOf(alpha, 'disk.folder.get', { id: 101 }), { NAME: 'Papers', REAL_OBJECT_ID: '101' })
  t.equal(await resultOf(alpha, 'disk.folder.deletetree', { id: 101 }), true)
  t.strictSame(alpha.content.list('file'), [])
})

await t.test('REST disk: a file is sent to the address that is told', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { field, uploadUrl } = await resultOf(alpha, 'disk.folder.uploadfile',
    { id: 1 }) as { field: string, uploadUrl: string } // where to send it
  const form = new FormData()
  form.set(field, new File(['Hello, disk'], 'note.txt'))
  t.match(await ask(uploadUrl, { method: 'POST', body: form }),
    { status: 200, body: { result: { ID: 101, NAME: 'note.txt', SIZE: '11' } } })
  t.match(await ask(uploadUrl, { method: 'POST', body: new FormData() }),
    { status: 400, body: { error: 'DISK_BASE_SERVICE_22001' } })
  t.match(await ask(uploadUrl, { method: 'POST', body: form }), { status: 400, body: { error: 'DISK_OBJ_22000' } })
  const second = await resultOf(alpha, 'disk.folder.uploadfile', { id: 1, generateUniqueName: 'Y' })
  t.match(await ask(Object(second).uploadUrl, { method: 'POST', body: form }),
    { status: 200, body: { result: { ID: 102, NAME: 'note (1).txt' } } })
  t.match(await ask(uploadUrl.replace('disk', 'other'), { method: 'POST', body: form }),
    { status: 400, body: { error: 'INVALID_TOKEN' } })
})

await t.test('REST disk: the content alone is a file, too', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.match(await resultOf(alpha, 'disk.storage.uploadfile', { id: 1, data: { NAME: 'a' }, fileContent: CONTENT }),
    { NAME: 'a', SIZE: '11' })
  t.match(await resultOf(alpha, 'disk.storage.uploadfile', { id: 1, data: { NAME: 'b' }, fileContent: [CONTENT] }),
    { NAME: 'b', SIZE: '11' })
})

await t.test('REST disk: the root of a drive is a folder', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.match(await resultOf(alpha, 'disk.folder.get', { id: 1 }), {
    ID: '1',
    NAME: 'Company drive',
    STORAGE_ID: '1',
    TYPE: 'folder',
    REAL_OBJECT_ID: '1',
    PARENT_ID: null,
    CREATED_BY: '1'
  })
  t.match(await resultOf(alpha, 'disk.folder.addsubfolder', { id: 1, data: { NAME: 'Papers' } }),
    { ID: 101, PARENT_ID: '1', STORAGE_ID: '1' })
  const upload = { id: 1, data: { NAME: 'a.txt' }, fileContent: ['', CONTENT] }
  t.match(await resultOf(alpha, 'disk.folder.uploadfile', upload),
    { ID: 102, PARENT_ID: '1', STORAGE_ID: '1' })
  t.match(await resultOf(alpha, 'disk.folder.getchildren', { id: 1 }), [{ ID: '101' }, { ID: '102' }])
  t.strictSame(await failureOf(alpha, 'disk.file.get', { id: 1 }), [400, 'ERROR_NOT_FOUND'])
  t.strictSame(await failureOf(alpha, 'disk.folder.get', { id: 12 }), [400, 'ERROR_NOT_FOUND'], 'of somebody else')
})

await t.test('REST disk: wrong calls are refused with the documented codes and texts', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await resultOf(alpha, 'disk.storage.addfolder', { id: 1, data: { NAME: 'Papers' } })
  await resultOf(alpha, 'disk.folder.uploadfile', { id: 1, data: { NAME: 'a.txt' }, fileContent: CONTENT })
  await resultOf(alpha, 'disk.folder.uploadfile', { id: 1, data: { NAME: 'b.txt' }, fileContent: CONTENT })
  await resultOf(alpha, 'disk.folder.uploadfile', { id: 101, data: { NAME: 'b.txt' }, fileContent: CONTENT })
  await resultOf(alpha, 'disk.folder.addsubfolder', { id: 101, data: { NAME: 'Old' } })
  const missing = (index: number) => ['ERROR_ARGUMENT', `Invalid value of parameter {Parameter #${index}}`]
  const unknown = (id: unknown) => ['ERROR_NOT_FOUND', `Could not find entity with id '${id}'.`]
  const taken = (type: string) => ['DISK_OBJ_22000', `A ${type} with this name already exists`]
  const nameless = ['DISK_BASE_SERVICE_22001', 'Error: required parameter NAME (DISK_BASE_SERVICE_22001).']
  const root = ['DISK_OBJ_22000', 'Could not delete root folder.']
  const rows: Array<[method: string, params: Record<string, unknown>, error: string[]]> = [
    ['file.get', {}, missing(0)],
    ['file.get', { id: '' }, missing(0)],
    ['file.get', { id: 99 }, unknown(99)],
    ['file.get', { id: 'x' }, unknown('x')],
    ['folder.getchildren', { id: 99 }, unknown(99)],
    ['storage.get', {}, missing(0)],
    ['storage.getchildren', { id: 99 }, unknown(99)],
    ['storage.addfolder', { id: 1 }, missing(1)],
    ['storage.addfolder', { id: 1, data: { NAME: 'Papers' } }, taken('folder')],
    ['storage.uploadfile', { id: 1, data: { NAME: 'a' } }, missing(1)],
    ['storage.uploadfile', { id: 1, fileContent: ['a', CONTENT] }, nameless],
    ['folder.uploadfile', { id: 1, fileContent: ['a', CONTENT] }, nameless],
    ['folder.uploadfile', { id: 1, data: { NAME: 'a.txt' }, fileContent: CONTENT }, taken('file')],
    ['folder.deletetree', { id: 1 }, root],
    ['folder.markdeleted', { id: 1 }, root],
    ['folder.rename', { id: 101 }, missing(1)],
    ['file.rename', { id: 102, newName: '' }, ['0', 'Empty name']],
    ['file.rename', { id: 102, newName: 'b.txt' }, taken('file')],
    ['file.copyto', { id: 103 }, missing(1)],
    ['file.copyto', { id: 103, targetFolderId: 99 }, unknown(99)],
    ['file.copyto', { id: 103, targetFolderId: 101 }, taken('file')],
    ['file.moveto', { id: 103, targetFolderId: 101 }, taken('file')],
    ['folder.moveto', { id: 1, targetFolderId: 101 }, ['', 'Could not move root folder.']],
    ['file.restorefromversion', { id: 102, versionId: 2 },
      ['DISK_FILE_22004', 'Cannot restore version from another file']],
    ['file.restorefromversion', { id: 102 }, missing(1)],
    ['file.uploadversion', { id: 102 }, missing(1)],
    ['version.get', { id: 99 }, unknown(99)]
  ]
  for (const [method, params, [error, description]] of rows) {
    t.strictSame(await callRest(alpha, `disk.${method}`, params),
      { status: 400, body: { error, error_description: description } }, `${method} ${JSON.stringify(params)}`)
  }
  const denied = { status: 403, body: { error: 'ACCESS_DENIED', error_description: 'Access denied!' } }
  t.strictSame(await callRest(alpha, 'disk.folder.moveto', { id: 101, targetFolderId: 105 }), denied, 'into itself')
  t.strictSame(await callRest(alpha, 'disk.folder.rename', { id: 1, newName: 'x' }), denied, 'a root')
  t.strictSame(await callRest(alpha, 'disk.folder.restore', { id: 101 }, alpha.users.employee), denied)
})

await t.test('REST disk: the drive of the application gets another name', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const rename = (id: number, newName?: string, user = alpha.users.admin) =>
    callRest(alpha, 'disk.storage.rename', { id, newName }, user)
  for (const newName of ['Parcels', 'Parcels and letters']) {
    t.match(await rename(2, newName), { body: { result: { ID: '2', NAME: newName, ENTITY_TYPE: 'restapp' } } })
    t.match(await resultOf(alpha, 'disk.storage.getforapp'), { NAME: newName })
    t.match(await resultOf(alpha, 'disk.folder.get', { id: 2 }), { NAME: newName })
  }
  t.match(await rename(1, 'x'),
    { status: 400, body: { error: '', error_description: 'Access denied (invalid type of storage)' } })
  t.match(await rename(2), { status: 400, body: { error: 'ERROR_ARGUMENT' } })
  t.match(await rename(99, 'x'), { status: 400, body: { error: 'ERROR_NOT_FOUND' } })
  t.match(await rename(2, 'x', alpha.users.employee), { body: { error: 'ACCESS_DENIED' } })
})
