import { deliverEvent } from '../../event-delivery.ts'
import { toText } from '../../php.ts'
import { OF_THE_APPLICATION, scopedEvents } from '../known-events.ts'
import { argumentError, RestError } from '../rest-error.ts'
import { checkHandler, isTrue, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'

const isGranted = (scopes: string[], granted: string[]): boolean => scopes.some(scope => granted.includes(scope))

function knownEvent ({ params, token, note }: RestCall): string {
  const event = text(params.EVENT).toUpperCase()
  if (!event) throw argumentError('EVENT')
  const scoped = scopedEvents.get(event)
  if (scoped ? isGranted(scoped.scopes, token.portal.scope) : OF_THE_APPLICATION.includes(event)) return event
  if (scoped) note(`${event} needs the scope ${scoped.scopes.join(' or ')}`)
  throw new RestError('ERROR_EVENT_NOT_FOUND', 'Event not found')
}

/** Online events only: a user who is not an administrator may bind on his own behalf. */
function authTypeOf ({ params, token: { user } }: RestCall): number {
  const authType = Number(text(params.AUTH_TYPE))
  if (user.admin) return authType
  if (authType > 0 && authType !== user.id) throw new RestError('ACCESS_DENIED', 'Access denied!', 403)
  return user.id
}

const alreadyBound = (): RestError =>
  new RestError('ERROR_CORE', 'Unable to set event handler: Handler already binded')

const isOffline = ({ params }: RestCall): boolean => text(params.EVENT_TYPE).toLowerCase() === 'offline'

/** Keeps the event for event.offline.get from now on. */
function bindOffline ({ params, token: { portal: { offline }, user } }: RestCall, event: string): true {
  if (!user.admin) throw new RestError('ACCESS_DENIED', 'Access denied! Offline events need an administrator', 403)
  if (!scopedEvents.has(event)) throw argumentError('EVENT_TYPE', 'Wrong value')
  const connector = text(params.AUTH_CONNECTOR)
  if (offline.handlers.some(row => row.event === event && row.connector === connector)) throw alreadyBound()
  offline.handlers.push({ event, connector })
  return true
}

function unbindOffline ({ token: { portal: { offline }, user } }: RestCall, event: string): { count: number } {
  if (!user.admin) {
    throw new RestError('ACCESS_DENIED',
      'Access denied! Offline events unbinding requires administrator access rights', 403)
  }
  const kept = offline.handlers.filter(row => row.event !== event)
  const count = offline.handlers.length - kept.length
  offline.handlers = kept
  return { count }
}

function bind (call: RestCall): boolean {
  const { portal } = call.token
  const event = knownEvent(call)
  if (scopedEvents.get(event)?.isSent === false || event === 'ONOFFLINEEVENT') {
    call.note(`what sends ${event} is not in the sandbox`)
  }
  if (isOffline(call)) return bindOffline(call, event)
  const handler = text(call.params.HANDLER)
  if (!handler) throw argumentError('HANDLER')
  const authType = authTypeOf(call)
  checkHandler(handler)
  if (portal.events.some(row => row.event === event && row.handler === handler && row.authType === authType)) {
    throw alreadyBound()
  }
  portal.events.push({ event, handler, authType })
  return true
}

/** Without the parameter auth_type all handlers of the event at this address are meant, with 0 those for everybody. */
function unbind (call: RestCall): { count: number } {
  const { params, token: { portal, user } } = call
  const event = knownEvent(call)
  if (isOffline(call)) return unbindOffline(call, event)
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
  const namesOf = (...granted: string[]): string[] =>
    [...scopedEvents].filter(([, { scopes }]) => isGranted(scopes, granted)).map(([name]) => name)
  if (typeof params.SCOPE === 'string' && params.SCOPE !== '') return namesOf(params.SCOPE)
  return [...OF_THE_APPLICATION, ...isTrue(params.FULL) ? scopedEvents.keys() : namesOf(...portal.scope)]
}

/** The fields of a form that carry `value` under `name`. */
function formOf (name: string, value: unknown): Record<string, string> {
  return typeof value === 'object' && value !== null
    ? Object.assign({}, ...Object.entries(value).map(([key, item]) => formOf(`${name}[${key}]`, item)))
    : { [name]: toText(value) }
}

/** events; event.bind, event.get, event.unbind; event.test. */
export const eventMethods: RestMethods = {
  events: { run: list },
  'event.bind': { run: bind },
  'event.get': {
    run: ({ token: { portal, user } }) => [
      ...portal.events.filter(row => user.admin || row.authType === user.id)
        .map(row => ({ event: row.event, handler: row.handler, auth_type: String(row.authType), offline: 0 })),
      ...portal.offline.handlers.filter(() => user.admin)
        .map(row => ({ event: row.event, connector_id: row.connector, offline: 1 }))
    ]
  },
  'event.test': {
    run ({ sent, token: { portal, user } }) {
      setImmediate(deliverEvent, portal, 'ONAPPTEST', formOf('data[QUERY]', sent), user)
      return true
    }
  },
  'event.unbind': { run: unbind }
}
