import type { Entry } from '../../content.ts'
import type { Token } from '../../tokens.ts'
import type { Row } from '../select-rows.ts'
import { isoTime } from '../timing.ts'

const isFolder = ({ fields }: Entry): boolean => fields.TYPE === 'folder'

const sizeOf = ({ fields }: Entry): string => String(Buffer.from(String(fields.CONTENT), 'base64').length)

type Reader = Pick<Token, 'accessToken' | 'portal'>

/** The address of a file, or of one of its versions: for who holds the token. */
const downloadUrl = ({ accessToken, portal }: Reader, ...ids: number[]): string =>
  `${portal.url}/rest/download.json?auth=${accessToken}&token=${encodeURIComponent(['disk', ...ids].join('|'))}`

/** A file or folder as the method that has made it shows it. */
export function objectRow (entry: Entry, token: Reader): Row {
  const { id, title, parent, authorId, at, fields } = entry
  const { portal } = token
  const { DELETED_TYPE = 0, DELETED_AT, DELETED_BY, UPDATED_AT = at, UPDATED_BY = authorId, VERSION = 1 } = fields
  const common = {
    ID: id,
    NAME: title,
    CODE: null,
    STORAGE_ID: String(fields.STORAGE_ID),
    TYPE: fields.TYPE,
    PARENT_ID: parent || null,
    DELETED_TYPE,
    CREATE_TIME: isoTime(at),
    UPDATE_TIME: isoTime(Number(UPDATED_AT)),
    DELETE_TIME: DELETED_AT === undefined ? null : isoTime(Number(DELETED_AT)),
    CREATED_BY: String(authorId),
    UPDATED_BY: String(UPDATED_BY),
    DELETED_BY: DELETED_BY === undefined ? null : String(DELETED_BY)
  }
  if (isFolder(entry)) return { ...common, REAL_OBJECT_ID: id, DETAIL_URL: `${portal.url}/docs/path/${title}` }
  return {
    ...common,
    GLOBAL_CONTENT_VERSION: VERSION,
    FILE_ID: 1000 + id,
    SIZE: sizeOf(entry),
    DOWNLOAD_URL: downloadUrl(token, id),
    DETAIL_URL: `${portal.url}/docs/file/${title}`
  }
}

/** A file or folder as disk.file.get and disk.folder.get show it: numbers are texts, and nobody is 0. */
export function readRow (entry: Entry, token: Reader): Row {
  const row = Object.fromEntries(Object.entries(objectRow(entry, token)).map(([name, value]) =>
    [name, typeof value === 'number' ? String(value) : value]))
  return { ...row, DELETED_BY: row.DELETED_BY ?? '0' }
}

/** A file that is attached to a task. */
export const attachedRow = (attachment: Entry, file: Entry, task: Entry, token: Reader): Row => ({
  ID: String(attachment.id),
  OBJECT_ID: String(file.id),
  MODULE_ID: 'tasks',
  ENTITY_TYPE: 'tasks_task',
  ENTITY_ID: String(task.id),
  CREATE_TIME: isoTime(attachment.at),
  CREATED_BY: String(attachment.authorId),
  DOWNLOAD_URL: downloadUrl(token, file.id),
  NAME: file.title,
  SIZE: sizeOf(file)
})

/** A version of a file. */
export const versionRow = (version: Entry, token: Reader): Row => ({
  ID: String(version.id),
  OBJECT_ID: version.parent,
  SIZE: sizeOf(version),
  NAME: version.title,
  GLOBAL_CONTENT_VERSION: String(version.fields.VERSION),
  CREATE_TIME: isoTime(version.at),
  CREATED_BY: String(version.authorId),
  DOWNLOAD_URL: downloadUrl(token, Number(version.parent), version.id)
})
