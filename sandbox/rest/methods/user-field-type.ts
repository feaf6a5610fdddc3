import type { PlacementRow } from '../../portal.ts'
import { page, type Page } from '../page.ts'
import { argumentError, RestError } from '../rest-error.ts'
import { checkHandler, map, requireAdmin, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import { alreadyBound, textsOf } from './placement.ts'

const scopes = ['placement']

/** What the call names, for administrators only. */
function codeOf (call: RestCall): string {
  requireAdmin(call)
  const code = text(call.params.USER_TYPE_ID).toLowerCase()
  if (!code) throw argumentError('USER_TYPE_ID')
  return code
}

function optionsOf ({ params }: RestCall): Record<string, unknown> {
  const height = Math.trunc(Number(text(map(params.OPTIONS).height)))
  return height > 0 ? { height } : {}
}

/** Refuses an address that another type has. */
function checkFree ({ token: { portal } }: RestCall, handler: string, own?: PlacementRow): void {
  checkHandler(handler)
  const isTaken = (row: PlacementRow): boolean =>
    row !== own && row.userTypeId !== undefined && row.handler === handler
  if (portal.placements.some(isTaken)) throw alreadyBound()
}

function add (call: RestCall): true {
  const { params, token: { portal: { placements } } } = call
  const userTypeId = codeOf(call)
  const handler = text(params.HANDLER)
  if (!handler) throw argumentError('HANDLER')
  checkFree(call, handler)
  if (placements.some(row => row.userTypeId === userTypeId)) throw alreadyBound()
  placements.push({
    id: Math.max(0, ...placements.map(({ id }) => id)) + 1,
    placement: 'USERFIELD_TYPE',
    userTypeId,
    userId: 0,
    handler,
    options: optionsOf(call),
    ...textsOf(call, userTypeId)
  })
  return true
}

function find (call: RestCall): PlacementRow {
  const code = codeOf(call)
  const row = call.token.portal.placements.find(({ userTypeId }) => userTypeId === code)
  if (!row) throw new RestError('ERROR_NOT_FOUND', 'User Field Type not found')
  return row
}

function update (call: RestCall): true {
  const { params } = call
  const row = find(call)
  const handler = text(params.HANDLER) || row.handler
  checkFree(call, handler, row)
  const { title: TITLE, description: DESCRIPTION } = row
  Object.assign(row, { handler }, params.OPTIONS !== undefined && { options: optionsOf(call) },
    textsOf({ ...call, params: { TITLE, DESCRIPTION, ...params } }, row.title))
  return true
}

function remove (call: RestCall): true {
  const row = find(call)
  const { portal } = call.token
  portal.placements = portal.placements.filter(other => other !== row)
  return true
}

function list (call: RestCall): Page {
  requireAdmin(call)
  const types = call.token.portal.placements.filter(({ userTypeId }) => userTypeId !== undefined)
  return page(types, call.params.START, rows => rows.map(({ userTypeId, handler, title, description }) =>
    ({ USER_TYPE_ID: userTypeId, HANDLER: handler, TITLE: title, DESCRIPTION: description })))
}

/** Types of custom fields that the application shows itself: userfieldtype.add, .list, .update, .delete. */
export const userFieldTypeMethods: RestMethods = {
  'userfieldtype.add': { scopes, run: add },
  'userfieldtype.list': { scopes, run: list },
  'userfieldtype.update': { scopes, run: update },
  'userfieldtype.delete': { scopes, run: remove }
}
