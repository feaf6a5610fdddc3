import type { Entry } from '../../content.ts'
import type { Token } from '../../tokens.ts'
import type { Row } from '../select-rows.ts'
import { isoTime } from '../timing.ts'

const isFolder = ({ fields }: Entry): boolean => fields.TYPE === 'folder'

/** A file or folder as the method that has made it shows it; the links are for who holds the token. */
export function objectRow (entry: Entry, { accessToken, portal }: Pick<Token, 'accessToken' | 'portal'>): Row {
  const { id, title, parent, authorId, at, fields } = entry
  const common = {
    ID: id,
    NAME: title,
    CODE: null,
    STORAGE_ID: String(fields.STORAGE_ID),
    TYPE: fields.TYPE,
    PARENT_ID: parent || null,
    DELETED_TYPE: 0,
    CREATE_TIME: isoTime(at),
    UPDATE_TIME: isoTime(at),
    DELETE_TIME: null,
    CREATED_BY: String(authorId),
    UPDATED_BY: String(authorId),
    DELETED_BY: null
  }
  if (isFolder(entry)) return { ...common, REAL_OBJECT_ID: id, DETAIL_URL: `${portal.url}/docs/path/${title}` }
  return {
    ...common,
    GLOBAL_CONTENT_VERSION: 1,
    FILE_ID: 1000 + id,
    SIZE: String(Buffer.from(String(fields.CONTENT), 'base64').length),
    DOWNLOAD_URL: `${portal.url}/rest/download.json?auth=${accessToken}&token=${encodeURIComponent(`disk|${id}`)}`,
    DETAIL_URL: `${portal.url}/docs/file/${encodeURIComponent(title)}`
  }
}

/** A file or folder as disk.file.get and disk.folder.get show it: numbers are texts, and nobody is 0. */
export const readRow = (entry: Entry, token: Parameters<typeof objectRow>[1]): Row => ({
  ...Object.fromEntries(Object.entries(objectRow(entry, token)).map(([name, value]) =>
    [name, typeof value === 'number' ? String(value) : value])),
  DELETED_BY: '0'
})
