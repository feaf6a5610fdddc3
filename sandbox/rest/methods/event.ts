import { dataEvents } from '../../data-events.ts'
import { deliverEvent } from '../../event-delivery.ts'
import { toText } from '../../php.ts'
import { argumentError, RestError } from '../rest-error.ts'
import { checkHandler, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'

/** Events about the application itself, which need no scope. */
const OF_THE_APPLICATION = [
  'ONAPPUNINSTALL', 'ONAPPINSTALL', 'ONAPPUPDATE', 'ONAPPPAYMENT', 'ONAPPTEST', 'ONAPPMETHODCONFIRM'
]

function knownEvent ({ params, token }: RestCall): string {
  const event = text(params.EVENT).toUpperCase()
  if (!event) throw argumentError('EVENT')
  const scope = dataEvents.get(event)
  const isKnown = scope === undefined ? OF_THE_APPLICATION.includes(event) : token.portal.scope.includes(scope)
  if (!isKnown) {
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

/** Without the parameter auth_type all handlers of the event at this address are meant, with 0 those for everybody. */
function unbind (call: RestCall): { count: number } {
  const { params, token: { portal, user } } = call
  const event = knownEvent(call)
  const handler = text(params.HANDLER)
  if (!handler) throw argumentError('HANDLER')
  const authType = params.AUTH_TYPE === undefined ? undefined : Number(text(params.AUTH_TYPE))
  if (!user.admin && authType !== undefined && authType !== user.id) {
    throw new RestError('ACCESS_DENIED',
      'Access denied! Event unbinding with AUTH_TYPE requires administrator access rights', 403)
  }
  const wanted = user.admin ? authType : user.id
  const kept = portal.events.filter(row => row.event !== event || row.handler !== handler ||
    (wanted !== undefined && row.authType !== wanted))
  const count = portal.events.length - kept.length
  portal.events = kept
  return { count }
}

/** The names of events: of one scope, of all of them, or those that the application may bind. */
function list ({ params, token: { portal } }: RestCall): string[] {
  const names = [...dataEvents]
  if (typeof params.SCOPE === 'string' && params.SCOPE !== '') {
    return names.filter(([, scope]) => scope === params.SCOPE).map(([name]) => name)
  }
  const isFull = params.FULL === true || text(params.FULL) === 'true' || text(params.FULL) === '1'
  const shown = isFull ? names : names.filter(([, scope]) => portal.scope.includes(scope))
  return [...OF_THE_APPLICATION, ...shown.map(([name]) => name)]
}

/** The fields of a form that carry `value` under `name`. */
function formOf (name: string, value: unknown): Record<string, string> {
  return typeof value === 'object' && value !== null
    ? Object.assign({}, ...Object.entries(value).map(([key, item]) => formOf(`${name}[${key}]`, item)))
    : { [name]: toText(value) }
}

/** events; event.bind, event.get, event.unbind for online events; event.test. */
export const eventMethods: RestMethods = {
  events: { run: list },
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
