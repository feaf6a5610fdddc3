import type { Entry } from '../../content.ts'
import { describedFields } from '../disk/described-fields.ts'
import {
  findObject, findStorage, findVersion, missingParameter, storageRow, storagesOf
} from '../disk/drive.ts'
import { childrenOf, put, remove } from '../disk/keep.ts'
import { objectRow, readRow } from '../disk/object-row.ts'
import { contentOf } from '../file-answer.ts'
import type { FileAnswer } from '../file-answer.ts'
import { page, type Page } from '../page.ts'
import { RestError, textError } from '../rest-error.ts'
import { isTrue, map, requireAdmin, scoped, text } from '../rest-method.ts'
import type { RestCall, RestMethod, RestMethods } from '../rest-method.ts'
import { filterRows, orderRows, withPatterns } from '../select-rows.ts'
import type { Row } from '../select-rows.ts'

/** The folder that a method is about: of a drive it is the root, whose number is that of the drive. */
const FOLDERS = {
  storage: (call: RestCall): Entry => findObject({ ...call, params: { ID: findStorage(call).id } }, 'folder'),
  folder: (call: RestCall): Entry => findObject(call, 'folder')
}
type Place = keyof typeof FOLDERS

function children (call: RestCall, place: Place): Page {
  const { params, token } = call
  const rows = filterRows(childrenOf(token.portal, FOLDERS[place](call)).map(entry => readRow(entry, token)),
    withPatterns(params.FILTER))
  return page(orderRows(rows, params.ORDER), params.START)
}

function addFolder (call: RestCall, place: Place): Row {
  const folder = FOLDERS[place](call)
  const name = text(map(call.params.DATA).NAME)
  if (name === '') throw missingParameter(1)
  return objectRow(put(call, folder, name), call.token)
}

const requiredError = (name: string): RestError =>
  new RestError('DISK_BASE_SERVICE_22001', `Error: required parameter ${name} (DISK_BASE_SERVICE_22001).`)

/** The content in base64 of the file in `fileContent`: alone, or behind a name. */
export function sentContent ({ params: { FILECONTENT } }: RestCall): string {
  const [first, second] = typeof FILECONTENT === 'object' ? Object.values(map(FILECONTENT)) : [FILECONTENT]
  return text(second ?? first)
}

/** Keeps a file. Where a folder gets none, it is told where to send it. */
function uploadFile (call: RestCall, place: Place): Row {
  const { params: { DATA, FILECONTENT, GENERATEUNIQUENAME }, token } = call
  const folder = FOLDERS[place](call)
  if (FILECONTENT === undefined) {
    if (place === 'storage') throw missingParameter(1)
    const sent = encodeURIComponent(`disk|${folder.id}|${Number(isTrue(GENERATEUNIQUENAME))}`)
    return { field: 'file', uploadUrl: `${token.portal.url}/rest/upload.json?auth=${token.accessToken}&token=${sent}` }
  }
  const name = text(map(DATA).NAME)
  if (name === '') throw requiredError('NAME')
  return objectRow(put(call, folder, name, sentContent(call)), token)
}

/** What the token of an address stands for: `disk|101` for a file, `disk|101|7` for a version of it. */
function tokenOf ({ params }: RestCall): number[] {
  const [module, ...numbers] = text(params.TOKEN).split('|')
  if (module !== 'disk') throw new RestError('INVALID_TOKEN', 'Invalid token')
  return numbers.map(Number)
}

/** Takes the file of a multipart body at the address that uploadFile has told. */
function upload (call: RestCall): Row {
  const [ID, GENERATEUNIQUENAME] = tokenOf(call)
  const { name, content } = map(call.params.FILE)
  const told = { ...call, params: { ID, GENERATEUNIQUENAME } }
  const folder = findObject(told, 'folder')
  if (typeof content !== 'string') throw requiredError('file')
  return objectRow(put(told, folder, text(name), content), call.token)
}

function download (call: RestCall): FileAnswer {
  const [ID, version] = tokenOf(call)
  return contentOf(version === undefined
    ? findObject({ ...call, params: { ID } }, 'file')
    : findVersion({ ...call, params: { ID: version } }))
}

function list ({ params, token: { portal, user } }: RestCall): Page {
  const rows = storagesOf(portal, user).filter(({ type }) => type !== 'restapp').map(storageRow)
  return page(orderRows(filterRows(rows, params.FILTER), params.ORDER), params.START)
}

/** Only the drive of the application gets another name. */
function renameStorage (call: RestCall): Row {
  const { params, token: { portal: { content }, user } } = call
  const { id, type } = findStorage(call)
  if (type !== 'restapp') throw textError('Access denied (invalid type of storage)')
  requireAdmin(call)
  const title = text(params.NEWNAME)
  if (title === '') throw missingParameter(1)
  const before = content.find('storage', id)
  if (before) content.update({ ...before, title })
  else content.add({ kind: 'storage', id, authorId: user.id, title })
  return storageRow(findStorage(call))
}

const ofPlace = (place: Place, adding: string): Record<string, RestMethod['run']> => ({
  [`disk.${place}.getchildren`]: call => children(call, place),
  [`disk.${place}.${adding}`]: call => addFolder(call, place),
  [`disk.${place}.uploadfile`]: call => uploadFile(call, place)
})

/** Drives, what lies in them, and the addresses of files: disk.storage.*, disk.folder.*, disk.file.*. */
export const diskMethods: RestMethods = scoped(['disk'], {
  'disk.storage.getlist': list,
  'disk.storage.gettypes': () => ['user', 'common', 'group'],
  'disk.storage.getforapp': ({ token: { portal, user } }) =>
    storagesOf(portal, user).filter(({ type }) => type === 'restapp').map(storageRow)[0],
  'disk.storage.get': call => Number.isNaN(Number(text(call.params.ID))) ? null : storageRow(findStorage(call)),
  'disk.storage.rename': renameStorage,
  'disk.storage.getfields': () => describedFields.storage,
  ...ofPlace('storage', 'addfolder'),
  ...ofPlace('folder', 'addsubfolder'),
  'disk.folder.get': call => readRow(findObject(call, 'folder'), call.token),
  'disk.file.get': call => readRow(findObject(call, 'file'), call.token),
  'disk.file.delete': call => remove(call, findObject(call, 'file')),
  upload,
  download
})
