import { deliverEvent } from '../../event-delivery.ts'
import { toText } from '../../php.ts'
import { argumentError, RestError } from '../rest-error.ts'
import { checkHandler, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'

/** Events that the portal knows and the scope they need; none for the events of the application itself. */
const EVENTS: Record<string, string | undefined> = {
  ONAPPINSTALL: undefined,
  ONAPPUPDATE: undefined,
  ONAPPUNINSTALL: undefined,
  ONAPPPAYMENT: undefined,
  ONAPPMETHODCONFIRM: undefined,
  ONAPPTEST: undefined,
  ONUSERADD: 'user',
  ONCRMCONTACTADD: 'crm',
  ONCRMDEALADD: 'crm',
  ONCRMDEALUPDATE: 'crm',
  ONTASKADD: 'task'
}

function knownEvent ({ params, token }: RestCall): string {
  const event = text(params.EVENT).toUpperCase()
  if (!event) throw argumentError('EVENT')
  const scope = EVENTS[event]
  if (!(event in EVENTS) || (scope && !token.portal.scope.includes(scope))) {
    throw new RestError('ERROR_EVENT_NOT_FOUND', 'Event not found')
  }
  return event
}

/** Online events only: a user who is not an administrator may bind on his own behalf. */
function authTypeOf ({ params, token: { user } }: RestCall): number {
  const authType = Number(text(params.AUTH_TYPE))
  if (user.admin) return authType
  if (authType > 0 && authType !== user.id) throw new RestError('ACCESS_DENIED', 'Access denied!', 403)
  return user.id
}

function bind (call: RestCall): boolean {
  const { portal } = call.token
  const event = knownEvent(call)
  const handler = text(call.params.HANDLER)
  if (!handler) throw argumentError('HANDLER')
  const authType = authTypeOf(call)
  checkHandler(handler)
  if (portal.events.some(row => row.event === event && row.handler === handler && row.authType === authType)) {
    throw new RestError('ERROR_CORE', 'Unable to set event handler: Handler already binded')
  }
  portal.events.push({ event, handler, authType })
  return true
}

function unbind (call: RestCall): { count: number } {
  const { portal, user } = call.token
  const event = knownEvent(call)
  const handler = text(call.params.HANDLER)
  if (!handler) throw argumentError('HANDLER')
  const kept = portal.events.filter(row =>
    row.event !== event || row.handler !== handler || (!user.admin && row.authType !== user.id))
  const count = portal.events.length - kept.length
  portal.events = kept
  return { count }
}

/** The fields of a form that carry `value` under `name`. */
function formOf (name: string, value: unknown): Record<string, string> {
  return typeof value === 'object' && value !== null
    ? Object.assign({}, ...Object.entries(value).map(([key, item]) => formOf(`${name}[${key}]`, item)))
    : { [name]: toText(value) }
}

/** event.bind, event.get, event.unbind for online events, event.test. */
export const eventMethods: RestMethods = {
  'event.bind': { run: bind },
  'event.get': {
    run: ({ token: { portal, user } }) => portal.events
      .filter(row => user.admin || row.authType === user.id)
      .map(row => ({ event: row.event, handler: row.handler, auth_type: String(row.authType), offline: 0 }))
  },
  'event.test': {
    run ({ sent, token: { portal, user } }) {
      setImmediate(deliverEvent, portal, 'ONAPPTEST', formOf('data[QUERY]', sent), user)
      return true
    }
  },
  'event.unbind': { run: unbind }
}
