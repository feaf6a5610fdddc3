import type { Entry } from '../../content.ts'
import { queueEvent } from '../../event-delivery.ts'
import { removeEntry } from '../crm/remove-entry.ts'
import { hasItem, typeByName } from '../crm/types.ts'
import { page, type Page } from '../page.ts'
import { RestError } from '../rest-error.ts'
import { map, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import { orderRows, pickFields, type Row } from '../select-rows.ts'
import { isoTime } from '../timing.ts'

const scopes = ['crm']

/** Under what the comments on an item are kept: its number for a deal, `lead:250` for others. */
function parentOf ({ token: { portal } }: RestCall, { ENTITY_TYPE, ENTITY_ID }: Row): string {
  const name = text(ENTITY_TYPE).toLowerCase()
  const type = typeByName(name)
  if (!type || !hasItem(portal, type, ENTITY_ID)) throw new RestError('', 'Access denied.')
  return type.name === 'DEAL' ? text(ENTITY_ID) : `${name}:${text(ENTITY_ID)}`
}

function commentRow ({ id, parent, authorId, text, at }: Entry): Row {
  const [type = '', item] = parent.split(':')
  return {
    ID: String(id),
    ENTITY_ID: item ?? type,
    ENTITY_TYPE: item === undefined ? 'deal' : type,
    CREATED: isoTime(at),
    COMMENT: text,
    AUTHOR_ID: String(authorId),
    FILES: {}
  }
}

function find ({ params, token: { portal } }: RestCall): Entry {
  const id = Number(text(params.ID))
  if (!(id > 0)) throw new RestError('', 'ID is not defined or invalid.')
  const entry = portal.content.find('deal-comment', id)
  if (!entry) throw new RestError('', 'Not found.')
  return entry
}

function add (call: RestCall): number {
  const { params, token: { portal, user } } = call
  const fields = map(params.FIELDS)
  const message = text(fields.COMMENT)
  if (!message) throw new RestError('', 'Empty comment message.')
  const { id } = portal.content.add({
    kind: 'deal-comment', authorId: user.id, parent: parentOf(call, fields), text: message
  })
  queueEvent(portal, 'ONCRMTIMELINECOMMENTADD', id, user)
  return id
}

function update (call: RestCall): number {
  const { params, token: { portal, user } } = call
  const message = text(map(params.FIELDS).COMMENT)
  const entry = find(call)
  if (!message) throw new RestError('', 'Empty comment message.')
  portal.content.update({ ...entry, text: message })
  queueEvent(portal, 'ONCRMTIMELINECOMMENTUPDATE', entry.id, user)
  return entry.id
}

function list (call: RestCall): Page {
  const { params, token: { portal } } = call
  const rows = portal.content.list('deal-comment', parentOf(call, map(params.FILTER))).map(commentRow)
  return page(orderRows(rows, params.ORDER), params.START, found => found.map(row => pickFields(row, params.SELECT)))
}

/** Comments in the timelines of items: crm.timeline.comment.add, .get, .list, .update, .delete. */
export const timelineMethods: RestMethods = {
  'crm.timeline.comment.add': { scopes, run: add },
  'crm.timeline.comment.get': { scopes, run: call => commentRow(find(call)) },
  'crm.timeline.comment.list': { scopes, run: list },
  'crm.timeline.comment.update': { scopes, run: update },
  'crm.timeline.comment.delete': {
    scopes, run: call => { removeEntry(call, find(call), 'ONCRMTIMELINECOMMENTDELETE') }
  }
}
