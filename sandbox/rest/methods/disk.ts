import type { Entry } from '../../content.ts'
import { childrenOf, findObject, findStorage, put, sentFile, storageRow, storagesOf } from '../disk/drive.ts'
import { objectRow, readRow } from '../disk/object-row.ts'
import { FileAnswer } from '../file-answer.ts'
import { page, type Page } from '../page.ts'
import { RestError } from '../rest-error.ts'
import { map, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import { filterRows, orderRows, withPatterns } from '../select-rows.ts'
import type { Row } from '../select-rows.ts'

const scopes = ['disk']

/** A folder and the drive that it is in. */
interface Place { folder: number, storageId: number }

const rootOf = (call: RestCall): Place => {
  const { id } = findStorage(call)
  return { folder: id, storageId: id }
}

/** A folder by its number, which may be that of a root. */
function folderOf (call: RestCall): Place {
  const { id, fields } = findObject(call, 'folder')
  return { folder: id, storageId: Number(fields.STORAGE_ID) }
}

const show = (call: RestCall, entry: Entry): Row => objectRow(entry, call.token)

function children (call: RestCall, { folder }: Place): Page {
  const { params, token: { portal } } = call
  const rows = filterRows(childrenOf(portal, folder).map(entry => readRow(entry, call.token)),
    withPatterns(params.FILTER))
  return page(orderRows(rows, params.ORDER), params.START)
}

const addFolder = (call: RestCall, { folder, storageId }: Place): Row =>
  show(call, put(call, folder, storageId, text(map(call.params.DATA).NAME)))

/** Keeps a file, or tells where to send it when it did not come along. */
function uploadFile (call: RestCall, { folder, storageId }: Place): Row {
  const { portal, accessToken } = call.token
  if (call.params.FILECONTENT === undefined) {
    const token = encodeURIComponent(`disk|${folder}|${storageId}`)
    return { field: 'file', uploadUrl: `${portal.url}/rest/upload.json?auth=${accessToken}&token=${token}` }
  }
  const { name, content } = sentFile(call)
  return show(call, put(call, folder, storageId, name, content))
}

/** What the token of an address stands for: `disk|101` for a file, `disk|1|1` for a folder on a drive. */
function tokenOf ({ params }: RestCall): number[] {
  const [module, ...numbers] = text(params.TOKEN).split('|')
  if (module !== 'disk') throw new RestError('INVALID_TOKEN', 'Invalid token')
  return numbers.map(Number)
}

/** Takes the file of a multipart body at the address that uploadFile has told. */
function upload (call: RestCall): Row {
  const [folder = 0, storageId = 0] = tokenOf(call)
  const { name, content } = map(call.params.FILE)
  if (typeof content !== 'string') throw new RestError('ERROR_ARGUMENT', 'Invalid value of parameter {file}')
  return show(call, put(call, folder, storageId, text(name), content))
}

function download (call: RestCall): FileAnswer {
  const [id] = tokenOf(call)
  const { title, fields } = findObject({ ...call, params: { ID: id } }, 'file')
  return new FileAnswer(title, Buffer.from(String(fields.CONTENT), 'base64'))
}

/** Files and folders are removed with everything that is in them. */
function remove (call: RestCall, entry: Entry): true {
  const { content } = call.token.portal
  for (const child of childrenOf(call.token.portal, entry.id)) remove(call, child)
  content.remove(entry)
  return true
}

function removeFolder (call: RestCall): true {
  const folder = findObject(call, 'folder')
  // Nobody can remove a root.
  if (folder.parent === '') throw new RestError('ACCESS_DENIED', 'Access denied')
  return remove(call, folder)
}

/** Drives, folders and files: disk.storage.*, disk.folder.*, disk.file.*, and the addresses of the files themselves. */
export const diskMethods: RestMethods = {
  'disk.storage.getlist': {
    scopes,
    run: ({ params, token: { portal, user } }) => page(orderRows(
      filterRows(storagesOf(portal, user).filter(({ type }) => type !== 'restapp').map(storageRow), params.FILTER),
      params.ORDER), params.START)
  },
  'disk.storage.getforapp': {
    scopes,
    run: ({ token: { portal, user } }) =>
      storagesOf(portal, user).filter(({ type }) => type === 'restapp').map(storageRow)[0]
  },
  'disk.storage.get': { scopes, run: call => storageRow(findStorage(call)) },
  'disk.storage.getchildren': { scopes, run: call => children(call, rootOf(call)) },
  'disk.storage.addfolder': { scopes, run: call => addFolder(call, rootOf(call)) },
  'disk.storage.uploadfile': { scopes, run: call => uploadFile(call, rootOf(call)) },
  'disk.folder.get': { scopes, run: call => readRow(findObject(call, 'folder'), call.token) },
  'disk.folder.getchildren': { scopes, run: call => children(call, folderOf(call)) },
  'disk.folder.addsubfolder': { scopes, run: call => addFolder(call, folderOf(call)) },
  'disk.folder.uploadfile': { scopes, run: call => uploadFile(call, folderOf(call)) },
  'disk.folder.deletetree': { scopes, run: removeFolder },
  'disk.file.get': { scopes, run: call => readRow(findObject(call, 'file'), call.token) },
  'disk.file.delete': { scopes, run: call => remove(call, findObject(call, 'file')) },
  upload: { scopes, run: upload },
  download: { scopes, run: download }
}
