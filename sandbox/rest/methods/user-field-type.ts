import type { PlacementRow } from '../../portal.ts'
import { page } from '../page.ts'
import { argumentError, RestError } from '../rest-error.ts'
import { checkHandler, map, requireAdmin, scoped, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'

/** The types of custom fields that the application shows: handlers of a placement that placement.* leave alone. */
const typesOf = ({ token: { portal } }: RestCall): PlacementRow[] =>
  portal.placements.filter(({ placement }) => placement === 'USERFIELD_TYPE')

function codeIn ({ params }: RestCall): string {
  const code = text(params.USER_TYPE_ID).toLowerCase()
  if (!code) throw argumentError('USER_TYPE_ID')
  return code
}

function find (call: RestCall, code: string): PlacementRow {
  const row = typesOf(call).find(({ userTypeId }) => userTypeId === code)
  if (!row) throw new RestError('ERROR_NOT_FOUND', 'User Field Type not found')
  return row
}

/** Refuses an address that the portal would not call, and one or a code that another type has. */
function checkFree (call: RestCall, code: string, handler: string, own?: PlacementRow): void {
  checkHandler(handler)
  if (typesOf(call).some(row => row !== own && (row.handler === handler || row.userTypeId === code))) {
    throw new RestError('ERROR_CORE', 'Unable to set placement handler: Handler already binded')
  }
}

/** What a call says of a type: only what it names. */
function settingsIn ({ params }: RestCall): Partial<PlacementRow> {
  const { HANDLER, OPTIONS } = params
  const { TITLE, DESCRIPTION } = { ...params, ...map(Object.values(map(params.LANG_ALL))[0]) }
  const height = Math.trunc(Number(text(map(OPTIONS).height)))
  return {
    ...(text(HANDLER) && { handler: text(HANDLER) }),
    ...(TITLE !== undefined && { title: text(TITLE) }),
    ...(DESCRIPTION !== undefined && { description: text(DESCRIPTION) }),
    ...(OPTIONS !== undefined && { options: height > 0 ? { height } : {} })
  }
}

function add (call: RestCall): boolean {
  requireAdmin(call)
  const { placements } = call.token.portal
  const code = codeIn(call)
  const { handler = '', ...settings } = settingsIn(call)
  if (!handler) throw argumentError('HANDLER')
  checkFree(call, code, handler)
  const id = Math.max(0, ...placements.map(row => row.id)) + 1
  const row = { id, placement: 'USERFIELD_TYPE', userTypeId: code, userId: 0, handler, options: {} }
  placements.push({ ...row, title: code, description: '', langAll: {}, ...settings })
  return true
}

function update (call: RestCall): boolean {
  requireAdmin(call)
  const code = codeIn(call)
  const settings = settingsIn(call)
  if (Object.keys(settings).length === 0) throw argumentError('HANDLER|TITLE|DESCRIPTION')
  const row = find(call, code)
  checkFree(call, code, settings.handler ?? row.handler, row)
  Object.assign(row, settings)
  return true
}

function remove (call: RestCall): boolean {
  requireAdmin(call)
  const row = find(call, codeIn(call))
  const { portal } = call.token
  portal.placements = portal.placements.filter(other => other !== row)
  return true
}

function list (call: RestCall): unknown {
  requireAdmin(call)
  return page(typesOf(call), call.params.START, rows => rows.map(({ userTypeId, handler, title, description }) =>
    ({ USER_TYPE_ID: userTypeId, HANDLER: handler, TITLE: title, DESCRIPTION: description })))
}

/** userfieldtype.add, userfieldtype.update, userfieldtype.list, userfieldtype.delete. */
export const userFieldTypeMethods: RestMethods = scoped(['placement'], {
  'userfieldtype.add': add,
  'userfieldtype.update': update,
  'userfieldtype.list': list,
  'userfieldtype.delete': remove
})
