import t from 'tap'
import type { Portal } from '../../../../sandbox/index.ts'
import { callRest, failureOf, resultOf, sandboxFor } from '../../helper.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** A folder 101 with the folder 102 in it, and the file 103 in that. */
async function filled (portal: Portal): Promise<void> {
  await resultOf(portal, 'disk.storage.addfolder', { id: 1, data: { NAME: 'Papers' } })
  await resultOf(portal, 'disk.folder.addsubfolder', { id: 101, data: { NAME: 'Old' } })
  await resultOf(portal, 'disk.folder.uploadfile',
    { id: 102, data: { NAME: 'a.txt' }, fileContent: ['a.txt', base64('one')] })
}

/** Numbers and names of what lies in a folder. */
const namesIn = async (portal: Portal, id: number): Promise<string[]> =>
  // A list of files and folders.
  (await resultOf(portal, 'disk.folder.getchildren', { id }) as Array<{ ID: string, NAME: string }>)
    .map(({ ID, NAME }) => `${ID} ${NAME}`)

await t.test('REST disk: files and folders are renamed, moved and copied', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await filled(alpha)
  const { employee } = alpha.users
  t.match(await resultOf(alpha, 'disk.file.rename', { id: 103, newName: 'b.txt' }, employee),
    { ID: '103', NAME: 'b.txt', CREATED_BY: '1', UPDATED_BY: '2', DELETED_TYPE: '0' })
  t.match(await resultOf(alpha, 'disk.folder.rename', { id: 102, newName: 'Old' }), { NAME: 'Old' }, 'its own name')
  t.match(await resultOf(alpha, 'disk.file.moveto', { id: 103, targetFolderId: 101 }),
    { ID: '103', PARENT_ID: 101, STORAGE_ID: '1' })
  t.strictSame(await namesIn(alpha, 101), ['102 Old', '103 b.txt'])
  t.equal(await resultOf(alpha, 'disk.folder.moveto', { id: 101, targetFolderId: 11 }), false, 'to another drive')
  t.match(await resultOf(alpha, 'disk.folder.copyto', { id: 101, targetFolderId: 102 }, employee),
    { ID: 104, PARENT_ID: '102', CREATED_BY: '2', DELETED_BY: null }, 'into itself')
  t.strictSame(await namesIn(alpha, 104), ['105 Old', '106 b.txt'])
  t.strictSame(await namesIn(alpha, 105), [])
  t.match(await resultOf(alpha, 'disk.file.copyto', { id: 103, targetFolderId: 11 }), { ID: 107, STORAGE_ID: '11' })
  t.match(await resultOf(alpha, 'disk.file.getversions', { id: 107 }), [{ GLOBAL_CONTENT_VERSION: '1', SIZE: '3' }])
})

await t.test('REST disk: what is in the trash comes back', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await filled(alpha)
  t.match(await resultOf(alpha, 'disk.folder.markdeleted', { id: 101 }), { DELETED_TYPE: 3, DELETED_BY: '1' })
  t.strictSame(await namesIn(alpha, 1), [])
  t.match(await resultOf(alpha, 'disk.file.get', { id: 103 }), { DELETED_TYPE: '4', DELETE_TIME: null })
  await resultOf(alpha, 'disk.storage.addfolder', { id: 1, data: { NAME: 'Papers' } })
  t.match(await resultOf(alpha, 'disk.folder.restore', { id: 101 }),
    { NAME: 'Papers (1)', DELETED_TYPE: 0, DELETED_BY: '1', DELETE_TIME: /./ })
  t.match(await resultOf(alpha, 'disk.file.get', { id: 103 }), { DELETED_TYPE: '0' })
  t.match(await resultOf(alpha, 'disk.file.markdeleted', { id: 103 }), { DELETED_TYPE: '3', DELETED_BY: '1' })
  await resultOf(alpha, 'disk.folder.markdeleted', { id: 101 })
  t.strictSame(await namesIn(alpha, 1), ['104 Papers'])
  await resultOf(alpha, 'disk.folder.restore', { id: 101 })
  t.strictSame(await namesIn(alpha, 102), [], 'what was in the trash before stays there')
  t.match(await resultOf(alpha, 'disk.file.restore', { id: 103 }), { NAME: 'a.txt', DELETED_TYPE: 0 })
  await resultOf(alpha, 'disk.file.markdeleted', { id: 103 })
  t.match(await resultOf(alpha, 'disk.folder.copyto', { id: 102, targetFolderId: 1 }), { ID: 105 })
  t.strictSame(await namesIn(alpha, 105), [], 'nothing is copied out of the trash')
})

await t.test('REST disk: a file has versions', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await filled(alpha)
  const { employee } = alpha.users
  const fileContent = ['c.txt', base64('three')]
  t.match(await resultOf(alpha, 'disk.file.uploadversion', { id: 103, fileContent }, employee),
    { ID: '103', NAME: 'a.txt', GLOBAL_CONTENT_VERSION: 2, SIZE: '5', UPDATED_BY: '2' })
  t.match((await callRest(alpha, 'disk.file.getversions', { id: 103 })).body, {
    total: 2,
    result: [
      { ID: '2', OBJECT_ID: '103', SIZE: '5', NAME: 'a.txt', GLOBAL_CONTENT_VERSION: '2', CREATED_BY: '2' },
      { ID: '1', SIZE: '3', GLOBAL_CONTENT_VERSION: '1', CREATED_BY: '1' }
    ]
  })
  t.match(await resultOf(alpha, 'disk.file.getversions', { id: 103, filter: { SIZE: 3, NAME: '%A%' } }), [{ ID: '1' }])
  const { DOWNLOAD_URL } = await resultOf(alpha, 'disk.version.get', { id: 1 }) as { DOWNLOAD_URL: string } // a version
  t.equal(await (await fetch(DOWNLOAD_URL)).text(), 'one')
  t.match(await resultOf(alpha, 'disk.file.restorefromversion', { id: 103, versionId: 1 }),
    { GLOBAL_CONTENT_VERSION: 3, SIZE: '3' })
  await resultOf(alpha, 'disk.folder.deletetree', { id: 101 })
  t.strictSame([...alpha.content.list('file'), ...alpha.content.list('file-version')], [])
})

await t.test('REST disk: a public link leads everybody to the file', async t => {
  const { portals: { alpha }, wire } = await sandboxFor(t)
  const { content } = alpha
  const file = content.add({
    kind: 'file', id: 101, authorId: 1, parent: '1', title: 'a.txt', fields: { TYPE: 'file', CONTENT: 'aGVsbG8=' }
  })
  content.add({ kind: 'file', id: 102, authorId: 1, parent: '1', title: 'a', fields: { TYPE: 'folder' } })
  const link = String(await resultOf(alpha, 'disk.file.getExternalLink', { id: 101 }))
  t.equal(await resultOf(alpha, 'disk.file.getExternalLink', { id: 101 }, alpha.users.employee), link)
  const answer = await fetch(link)
  t.equal(await answer.text(), 'hello')
  t.match(answer.headers.get('content-disposition'), /^attachment;.*a\.txt/)
  const folder = String(await resultOf(alpha, 'disk.folder.getExternalLink', { id: 102 }))
  t.match(JSON.stringify(wire.entries), 'the page of a public folder is not in the sandbox')
  content.update({ ...file, fields: { ...content.find('file', 101)?.fields, DELETED_TYPE: 3 } })
  for (const url of [link, folder, `${alpha.url}/~0`]) t.equal((await fetch(url)).status, 404, url)
  for (const type of ['file', 'folder']) {
    const name = `disk.${type}.getexternallink`
    t.strictSame(await failureOf(alpha, name), [400, 'ERROR_ARGUMENT'])
    t.strictSame(await failureOf(alpha, name, { id: 99 }), [400, 'ERROR_NOT_FOUND'])
  }
})

await t.test('REST disk: disk.folder.sharetouser refuses with the documented codes, and keeps no rights', async t => {
  const { portals: { alpha }, wire } = await sandboxFor(t)
  const given = { id: 1, userId: 2, taskName: 'disk_access_edit' }
  t.equal(await resultOf(alpha, 'disk.folder.shareToUser', given), true)
  t.match(JSON.stringify(wire.entries), 'rights of folders are not in the sandbox')
  const rows: Array<[params: Record<string, unknown>, expected: unknown[]]> = [
    [{ id: undefined }, [400, 'ERROR_ARGUMENT']],
    [{ id: 99 }, [400, 'ERROR_NOT_FOUND']],
    [{ userId: '' }, [400, 'ERROR_ARGUMENT']],
    [{ taskName: undefined }, [400, 'ERROR_ARGUMENT']],
    [{ taskName: 'edit' }, [403, 'ACCESS_DENIED']]
  ]
  for (const [params, expected] of rows) {
    t.strictSame(await failureOf(alpha, 'disk.folder.sharetouser', { ...given, ...params }), expected,
      JSON.stringify(params))
  }
})
