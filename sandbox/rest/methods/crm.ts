import { page, type Page } from '../page.ts'
import { RestError } from '../rest-error.ts'
import { map, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import { filterRows, orderRows, pickFields, type Row } from '../select-rows.ts'
import { isoTime } from '../timing.ts'

const scopes = ['crm']

const stages = [
  ['NEW', 'New', 'P'], ['PREPARATION', 'Preparing documents', 'P'], ['PREPAYMENT_INVOICE', 'Prepayment invoice', 'P'],
  ['EXECUTING', 'In progress', 'P'], ['FINAL_INVOICE', 'Final invoice', 'P'], ['WON', 'Deal won', 'S'],
  ['LOSE', 'Deal lost', 'F'], ['APOLOGY', 'Analyze failure', 'F']
].map(([id, name, semantics], index) => ({
  ID: String(index + 1),
  ENTITY_ID: 'DEAL_STAGE',
  STATUS_ID: id,
  NAME: name,
  SORT: String((index + 1) * 10),
  SYSTEM: 'Y',
  CATEGORY_ID: '0',
  SEMANTICS: semantics === 'P' ? null : semantics
}))

function contact ({ params, token: { portal } }: RestCall) {
  const id = Number(text(params.ID))
  if (!Number.isInteger(id) || id <= 0) throw new RestError('', 'ID is not defined or invalid')
  const entry = portal.content.find('contact', id)
  if (!entry) throw new RestError('', 'Not found')
  return { ...entry.fields, ID: String(id), ASSIGNED_BY_ID: String(entry.authorId), DATE_CREATE: isoTime(entry.at) }
}

function addComment ({ params, token: { portal, user } }: RestCall): number {
  const { ENTITY_ID, ENTITY_TYPE, COMMENT } = map(params.FIELDS)
  const message = text(COMMENT)
  if (!message) throw new RestError('', 'Empty comment message.')
  const isDeal = text(ENTITY_TYPE).toLowerCase() === 'deal'
  const deal = isDeal ? portal.content.find('deal', Number(text(ENTITY_ID))) : undefined
  if (!deal) throw new RestError('', 'Access denied.')
  return portal.content.add({
    kind: 'deal-comment', authorId: user.id, parent: String(deal.id), text: message
  }).id
}

function comments ({ params, token: { portal } }: RestCall): Page {
  const { ENTITY_ID, ENTITY_TYPE } = map(params.FILTER)
  const isDeal = text(ENTITY_TYPE).toLowerCase() === 'deal'
  const deal = isDeal ? portal.content.find('deal', Number(text(ENTITY_ID))) : undefined
  if (!deal) throw new RestError('', 'Access denied.')
  const rows = portal.content.list('deal-comment', String(deal.id)).map(({ id, authorId, text, at }): Row => ({
    ID: String(id),
    CREATED: isoTime(at),
    ENTITY_ID: String(deal.id),
    ENTITY_TYPE: 'deal',
    AUTHOR_ID: String(authorId),
    COMMENT: text
  }))
  return page(orderRows(rows, params.ORDER), params.START, found => found.map(row => pickFields(row, params.SELECT)))
}

/** Around deals: crm.status.list, crm.contact.get, and crm.timeline.comment.add and .list of deals. */
export const crmMethods: RestMethods = {
  'crm.status.list': {
    scopes,
    run: ({ params }) => page(orderRows(filterRows(stages, params.FILTER), params.ORDER), params.START)
  },
  'crm.contact.get': { scopes, run: contact },
  'crm.timeline.comment.add': { scopes, run: addComment },
  'crm.timeline.comment.list': { scopes, run: comments }
}
