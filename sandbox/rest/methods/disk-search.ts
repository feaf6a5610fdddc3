import type { Entry } from '../../content.ts'
import { objectOf, storagesOf } from '../disk/drive.ts'
import { isWithin } from '../disk/keep.ts'
import { readRow } from '../disk/object-row.ts'
import { Page } from '../page.ts'
import { RestError } from '../rest-error.ts'
import { map, scoped, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'

const SIZE = 50
const DEEPEST = 1000

const refusal = (code: string, sentence: string): RestError => new RestError(code, `${sentence} (${code}).`)
const noScope = (): RestError => refusal('NOT_FOUND', 'Search scope was not found.')

function queryIn ({ params: { QUERY } }: RestCall): string {
  if (QUERY === undefined) {
    throw new RestError('ERROR_ARGUMENT', 'Invalid value of parameter { Parameter #0 [ <required> $QUERY ] }.')
  }
  const query = typeof QUERY === 'string' ? QUERY.trim().replaceAll(/\s+/g, ' ') : ''
  if (query.length < 3 || query.length > 255) throw refusal('INVALID_QUERY', 'Search query is invalid.')
  return query
}

function typesIn ({ params: { TYPE = 'file' } }: RestCall): string[] {
  if (TYPE === 'all') return ['file', 'folder']
  if (TYPE === 'file' || TYPE === 'folder') return [TYPE]
  throw refusal('INVALID_TYPE', 'Search result type is invalid.')
}

/** The numbers of the drives to search, and a folder of one of them. */
function scopeIn ({ params: { FILTER = {} }, token: { portal, user } }: RestCall): [drives: number[], folder?: Entry] {
  if (typeof FILTER !== 'object') throw noScope()
  const { STORAGE_ID, FOLDER_ID, ...others } = map(FILTER)
  if (Object.keys(others).length > 0) throw refusal('INVALID_FILTER', 'Search filter contains an unknown field.')
  const drives = storagesOf(portal, user).map(({ id }) => id)
    .filter(id => STORAGE_ID === undefined || String(id) === text(STORAGE_ID))
  const folder = FOLDER_ID === undefined ? undefined : objectOf(portal, user, text(FOLDER_ID))
  const isMissing = FOLDER_ID !== undefined && (folder?.fields.TYPE !== 'folder' || folder.fields.DELETED_TYPE ||
    !drives.includes(Number(folder.fields.STORAGE_ID)))
  if (drives.length === 0 || isMissing) throw noScope()
  return folder ? [drives, folder] : [drives]
}

const wordsOf = (name: string): string[] => name.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean)

const changedAt = ({ at, fields: { UPDATED_AT = at } }: Entry): number => Number(UPDATED_AT)

/** Finds files and folders in whose names each word of the query begins a word; the last changed come first. */
function search (call: RestCall): Page {
  const { params, token } = call
  const words = wordsOf(queryIn(call))
  const types = typesIn(call)
  const [drives, folder] = scopeIn(call)
  const found = token.portal.content.list('file').filter(({ title, fields: { TYPE, STORAGE_ID, DELETED_TYPE } }) => {
    const names = wordsOf(title)
    return types.includes(String(TYPE)) && drives.includes(Number(STORAGE_ID)) && !DELETED_TYPE &&
      words.length > 0 && words.every(word => names.some(name => name.startsWith(word)))
  }).filter(entry => !folder || (entry.id !== folder.id && isWithin(token.portal, entry, folder)))
    .sort((one, other) => changedAt(other) - changedAt(one) || other.id - one.id)
  const start = Math.min(Math.max(Math.trunc(Number(text(params.START))) || 0, 0), DEEPEST)
  const next = start + SIZE
  return new Page(found.slice(start, next).map(entry => readRow(entry, token)), undefined,
    next < found.length && start < DEEPEST ? next : undefined)
}

/** disk.file.search. */
export const diskSearchMethods: RestMethods = scoped(['disk'], { 'disk.file.search': search })
