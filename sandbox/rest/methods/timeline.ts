import type { Entry } from '../../content.ts'
import { queueEvent } from '../../event-delivery.ts'
import { describeField } from '../crm/describe-field.ts'
import { removeEntry } from '../crm/remove-entry.ts'
import { hasItem, typeByName } from '../crm/types.ts'
import { ownDrive } from '../disk/drive.ts'
import { put } from '../disk/keep.ts'
import { objectRow } from '../disk/object-row.ts'
import { page, type Page } from '../page.ts'
import { textError } from '../rest-error.ts'
import { map, numbers, scoped, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import { orderRows, pickFields, type Row } from '../select-rows.ts'
import { isoTime } from '../timing.ts'

/** The parent of the comments on an item: its number for a deal, `lead:250` for others. */
function parentOf ({ token: { portal } }: RestCall, { ENTITY_TYPE, ENTITY_ID }: Row): string {
  const name = text(ENTITY_TYPE).toLowerCase()
  const type = typeByName(name)
  if (!type || !hasItem(portal, type, ENTITY_ID)) throw textError('Access denied.')
  return type.name === 'DEAL' ? text(ENTITY_ID) : `${name}:${text(ENTITY_ID)}`
}

/** The files of a comment by their numbers, for who holds the token. */
function filesOf ({ authorId, fields: { FILES } }: Entry, token: RestCall['token']): Row {
  const { content } = token.portal
  const author = token.portal.user(authorId)
  const found = numbers(FILES).map(id => content.find('file', id)).filter(file => file !== undefined)
  return Object.fromEntries(found.map(file => {
    const { DOWNLOAD_URL: url, SIZE } = objectRow(file, token)
    return [file.id, {
      id: file.id,
      date: isoTime(file.at),
      type: /\.(gif|jpe?g|png|webp)$/i.test(file.title) ? 'image' : 'file',
      name: file.title,
      size: Number(SIZE),
      authorId,
      authorName: author ? `${author.name} ${author.lastName}` : '',
      urlPreview: url,
      urlShow: url,
      urlDownload: url
    }]
  }))
}

function commentRow (entry: Entry, token: RestCall['token']): Row {
  const { id, parent, authorId, text, at } = entry
  const [type = '', item] = parent.split(':')
  return {
    ID: String(id),
    ENTITY_ID: item ?? type,
    ENTITY_TYPE: item === undefined ? 'deal' : type,
    CREATED: isoTime(at),
    COMMENT: text,
    AUTHOR_ID: String(authorId),
    FILES: filesOf(entry, token)
  }
}

function find ({ params, token: { portal } }: RestCall): Entry {
  const id = Number(text(params.ID))
  if (!(id > 0)) throw textError('ID is not defined or invalid.')
  const entry = portal.content.find('deal-comment', id)
  if (!entry) throw textError('Not found.')
  return entry
}

/** Puts the files of a comment on the drive of its author, and tells their numbers. */
function putFiles (call: RestCall, files: unknown): number[] {
  const id = ownDrive(call.token.user)
  const drive = { id, fields: { STORAGE_ID: id } }
  return Object.values(map(files)).map(file => {
    const [name, content] = Object.values(map(map(file).fileData ?? file))
    return put({ ...call, params: { GENERATEUNIQUENAME: true } }, drive, text(name), text(content)).id
  })
}

function add (call: RestCall): number {
  const { params, token: { portal, user } } = call
  const fields = map(params.FIELDS)
  const message = text(fields.COMMENT)
  if (!message) throw textError('Empty comment message.')
  const parent = parentOf(call, fields)
  const { id } = portal.content.add({
    kind: 'deal-comment', authorId: user.id, parent, text: message, fields: { FILES: putFiles(call, fields.FILES) }
  })
  queueEvent(portal, 'ONCRMTIMELINECOMMENTADD', id, user)
  return id
}

function update (call: RestCall): number {
  const { params, token: { portal, user } } = call
  const { COMMENT, FILES } = map(params.FIELDS)
  const message = text(COMMENT)
  const entry = find(call)
  if (!message) throw textError('Empty comment message.')
  const fields = FILES === undefined ? entry.fields : { ...entry.fields, FILES: putFiles(call, FILES) }
  portal.content.update({ ...entry, text: message, fields })
  queueEvent(portal, 'ONCRMTIMELINECOMMENTUPDATE', entry.id, user)
  return entry.id
}

function list (call: RestCall): Page {
  const { params, token: { portal } } = call
  const rows = portal.content.list('deal-comment', parentOf(call, map(params.FILTER)))
    .map(entry => commentRow(entry, call.token))
  return page(orderRows(rows, params.ORDER), params.START, found => found.map(row => pickFields(row, params.SELECT)))
}

const FIELDS: Row = {
  ID: describeField('integer', 'ID', 'read'),
  CREATED: describeField('datetime', 'Date Added', 'read'),
  ENTITY_ID: describeField('integer', 'ID of the entity to which the comment is linked', 'owner'),
  ENTITY_TYPE: describeField('string', 'Type of the entity to which the comment is linked', 'owner'),
  AUTHOR_ID: describeField('integer', 'Author', 'immutable'),
  COMMENT: describeField('string', 'Comment Text'),
  FILES: { ...describeField('attached_diskfile', 'List of Files'), isMultiple: true }
}

/** Comments in the timelines of items: crm.timeline.comment.add, .get, .list, .update, .delete, .fields. */
export const timelineMethods: RestMethods = scoped(['crm'], {
  'crm.timeline.comment.fields': () => FIELDS,
  'crm.timeline.comment.add': add,
  'crm.timeline.comment.get': call => commentRow(find(call), call.token),
  'crm.timeline.comment.list': list,
  'crm.timeline.comment.update': update,
  'crm.timeline.comment.delete': call => { removeEntry(call, find(call), 'ONCRMTIMELINECOMMENTDELETE') }
})
