import type { Entry } from '../../content.ts'
import { describedFields } from '../disk/described-fields.ts'
import { findAttachment, findObject, findVersion, missingParameter } from '../disk/drive.ts'
import { addContent, change, copy, freeName, isWithin, remove, takeBack, throwAway } from '../disk/keep.ts'
import { publicLink } from '../disk/public-link.ts'
import { attachedRow, objectRow, readRow, versionRow } from '../disk/object-row.ts'
import { page, type Page } from '../page.ts'
import { RestError, textError } from '../rest-error.ts'
import { accessDenied, requireAdmin, scoped, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import { filterRows, withPatterns } from '../select-rows.ts'
import type { Row } from '../select-rows.ts'
import { sentContent } from './disk.ts'

type Type = 'file' | 'folder'

/** The root of a drive stays as it is. */
function findOwn (call: RestCall, type: Type, refusal: RestError): Entry {
  const entry = findObject(call, type)
  if (entry.parent === '') throw refusal
  return entry
}

const findDeletable = (call: RestCall, type: Type): Entry =>
  findOwn(call, type, new RestError('DISK_OBJ_22000', 'Could not delete root folder.'))

function rename (call: RestCall, type: Type): Row {
  const { params: { NEWNAME }, token } = call
  const entry = findOwn(call, type, accessDenied())
  if (NEWNAME === undefined) throw missingParameter(1)
  const title = text(NEWNAME)
  if (title === '') throw new RestError('0', 'Empty name')
  freeName(token.portal, { id: Number(entry.parent) }, { ...entry, title })
  return readRow(change(token, entry, { title }), token)
}

const targetOf = (call: RestCall): Entry => findObject(call, 'folder', 'TARGETFOLDERID', 1)

function copyTo (call: RestCall, type: Type): Row {
  const entry = findObject(call, type)
  return objectRow(copy(call, entry, targetOf(call)), call.token)
}

/** Within one drive only. */
function moveTo (call: RestCall, type: Type): Row | false {
  const { token } = call
  const entry = findObject(call, type)
  const target = targetOf(call)
  if (entry.fields.STORAGE_ID !== target.fields.STORAGE_ID) return false
  if (entry.parent === '') throw textError('Could not move root folder.')
  if (isWithin(token.portal, target, entry)) throw accessDenied()
  freeName(token.portal, target, entry)
  return { ...readRow(change(token, entry, { parent: String(target.id) }), token), PARENT_ID: target.id }
}

function markDeleted (call: RestCall, type: Type): Row {
  const row = readRow(throwAway(call.token, findDeletable(call, type)), call.token)
  return type === 'file' ? row : { ...row, DELETED_TYPE: 3 }
}

function restore (call: RestCall, type: Type): Row {
  if (type === 'folder') requireAdmin(call)
  const entry = findOwn(call, type, accessDenied())
  return { ...readRow(takeBack(call.token, entry), call.token), DELETED_TYPE: 0 }
}

const withContent = (call: RestCall, file: Entry, content: unknown): Row => {
  const after = addContent(call.token, file, content)
  return { ...readRow(after, call.token), GLOBAL_CONTENT_VERSION: after.fields.VERSION }
}

function uploadVersion (call: RestCall): Row {
  const file = findObject(call, 'file')
  if (call.params.FILECONTENT === undefined) throw missingParameter(1)
  return withContent(call, file, sentContent(call))
}

/** The versions of a file, the latest first. */
function getVersions (call: RestCall): Page {
  const { params, token } = call
  const versions = token.portal.content.list('file-version', String(findObject(call, 'file').id))
  const rows = versions.toReversed().map(version => versionRow(version, token))
  return page(filterRows(rows, withPatterns(params.FILTER)), params.START)
}

function restoreFromVersion (call: RestCall): Row {
  const file = findObject(call, 'file')
  const version = findVersion(call, 'VERSIONID', 1)
  if (version.parent !== String(file.id)) {
    throw new RestError('DISK_FILE_22004', 'Cannot restore version from another file')
  }
  return withContent(call, file, version.fields.CONTENT)
}

const getExternalLink = (call: RestCall, type: Type): string => {
  if (type === 'folder') call.note('the page of a public folder is not in the sandbox')
  return publicLink(call.token.portal, findObject(call, type))
}

const LEVELS = ['read', 'add', 'edit', 'full'].map(level => `disk_access_${level}`)

function shareToUser (call: RestCall): true {
  const { params: { USERID, TASKNAME }, note } = call
  findObject(call, 'folder')
  for (const [index, value] of [USERID, TASKNAME].entries()) if (text(value) === '') throw missingParameter(index + 1)
  if (!LEVELS.includes(text(TASKNAME))) throw accessDenied()
  note('rights of folders are not in the sandbox')
  return true
}

const RUN = {
  rename,
  copyto: copyTo,
  moveto: moveTo,
  markdeleted: markDeleted,
  restore,
  getexternallink: getExternalLink,
  getfields: (_call: RestCall, type: Type) => describedFields[type]
}

function getAttached (call: RestCall): Row {
  const { attachment, file, task } = findAttachment(call)
  return attachedRow(attachment, file, task, call.token)
}

/** What can be done with files and folders: disk.file.*, disk.folder.*, disk.version.get, disk.attachedObject.get. */
export const diskObjectMethods: RestMethods = scoped(['disk'], {
  ...Object.fromEntries((['file', 'folder'] as const).flatMap(type => Object.entries(RUN).map(([name, run]) =>
    [`disk.${type}.${name}`, (call: RestCall) => run(call, type)]))),
  'disk.folder.sharetouser': shareToUser,
  'disk.folder.deletetree': call => remove(call, findDeletable(call, 'folder')),
  'disk.file.uploadversion': uploadVersion,
  'disk.file.getversions': getVersions,
  'disk.file.restorefromversion': restoreFromVersion,
  'disk.attachedobject.get': getAttached,
  'disk.version.get': call => versionRow(findVersion(call), call.token)
})
