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
  t.match(await resultOf(alpha, 'disk.storage.getforapp'), { ENTITY_TYPE: 'restapp' })
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
  const { field, uploadUrl } = await resultOf(alpha, 'disk.storage.uploadfile',
    { id: 1 }) as { field: string, uploadUrl: string } // where to send it
  const form = new FormData()
  form.set(field, new File(['Hello, disk'], 'note.txt'))
  t.match(await ask(uploadUrl, { method: 'POST', body: form }),
    { status: 200, body: { result: { ID: 101, NAME: 'note.txt', SIZE: '11' } } })
  t.match(await ask(uploadUrl, { method: 'POST', body: new FormData() }),
    { status: 400, body: { error: 'ERROR_ARGUMENT' } })
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
  t.match(await resultOf(alpha, 'disk.folder.uploadfile', { id: 1, fileContent: ['a.txt', CONTENT] }),
    { ID: 102, PARENT_ID: '1', STORAGE_ID: '1' })
  t.match(await resultOf(alpha, 'disk.folder.getchildren', { id: 1 }), [{ ID: '101' }, { ID: '102' }])
  t.strictSame(await failureOf(alpha, 'disk.folder.deletetree', { id: 1 }), [400, 'ACCESS_DENIED'])
  t.strictSame(await failureOf(alpha, 'disk.file.get', { id: 1 }), [400, 'ERROR_NOT_FOUND'])
  t.strictSame(await failureOf(alpha, 'disk.folder.get', { id: 12 }), [400, 'ERROR_NOT_FOUND'], 'of somebody else')
})

await t.test('REST disk: what is not there is refused', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const rows: Array<[method: string, params: Record<string, unknown>, code: string]> = [
    ['disk.file.get', {}, 'ERROR_ARGUMENT'],
    ['disk.file.get', { id: 99 }, 'ERROR_NOT_FOUND'],
    ['disk.folder.getchildren', { id: 99 }, 'ERROR_NOT_FOUND'],
    ['disk.storage.getchildren', { id: 99 }, 'ERROR_NOT_FOUND'],
    ['disk.storage.addfolder', { id: 1 }, 'ERROR_ARGUMENT']
  ]
  for (const [method, params, code] of rows) t.strictSame(await failureOf(alpha, method, params), [400, code], method)
})
