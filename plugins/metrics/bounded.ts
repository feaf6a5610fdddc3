// Values of labels: few, and none that a portal or a user can choose.

const areas = new Set([
  'app', 'batch', 'bizproc', 'calendar', 'catalog', 'crm', 'department', 'disk', 'event', 'im', 'imbot', 'lists', 'log',
  'placement', 'profile', 'sale', 'scope', 'task', 'tasks', 'telephony', 'user'
])

/** The area of a REST method, such as `crm` of `crm.deal.list`. */
export function areaOf (method: string): string {
  const [area = ''] = method.toLowerCase().split('.')
  return areas.has(area) ? area : 'other'
}

const refusals = new Set([
  'unavailable', 'query_limit_exceeded', 'operation_time_limit', 'expired_token', 'invalid_token', 'access_denied',
  'insufficient_scope', 'user_access_error', 'authorization_error', 'payment_required', 'error_method_not_found',
  'error_core', 'internal_server_error'
])

/** Why a REST call was refused: one of Bitrix24's own codes in lower case, or `other`. */
export function refusalOf (code: string): string {
  const refusal = code.toLowerCase()
  return refusals.has(refusal) ? refusal : 'other'
}

const operations = new Map([
  ['SelectQueryNode', 'select'], ['InsertQueryNode', 'insert'], ['UpdateQueryNode', 'update'],
  ['DeleteQueryNode', 'delete'], ['connect', 'connect']
])

/** What a statement of the store does. */
export const operationOf = (kind: string): string => operations.get(kind) ?? 'other'
