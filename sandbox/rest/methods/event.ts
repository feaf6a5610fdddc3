import { isGranted, OF_THE_APPLICATION, scopedEvents } from '../known-events.ts'
import { argumentError, RestError } from '../rest-error.ts'
import { accessDenied, checkHandler, map, requireAdmin, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'

/** @throws RestError without the name of an event */
function eventOf ({ params }: RestCall): string {
  const event = text(params.EVENT).toUpperCase()
  if (!event) throw argumentError('EVENT')
  return event
}

/** @throws RestError when no such event can be bound */
function checkEvent ({ token, note }: RestCall, event: string): void {
  const scoped = scopedEvents.get(event)
  const isKnown = scoped ? isGranted(scoped.scopes, token.portal.scope) : OF_THE_APPLICATION.includes(event)
  if (isKnown) {
    if (scoped?.isSent === false) note(`what sends ${event} is not in the sandbox`)
    return
  }
  if (scoped) note(`${event} needs the scope ${scoped.scopes.join(' or ')}`)
  throw new RestError('ERROR_EVENT_NOT_FOUND', 'Event not found')
}

/** Whether the call is about the queue, and not about an address. */
function isOffline ({ params }: RestCall): boolean {
  const type = text(params.EVENT_TYPE).toLowerCase()
  if (!['', 'online', 'offline'].includes(type)) {
    throw argumentError('EVENT_TYPE', 'Value must be one of {online|offline}')
  }
  return type === 'offline'
}

function handlerOf ({ params }: RestCall): string {
  const handler = text(params.HANDLER)
  if (!handler) throw argumentError('HANDLER')
  return handler
}

/** Online events only: a user who is not an administrator may bind on his own behalf. */
function authTypeOf ({ params, token: { user } }: RestCall): number {
  const authType = Number(text(params.AUTH_TYPE))
  if (user.admin) return authType
  if (authType > 0 && authType !== user.id) {
    throw accessDenied('Event binding with AUTH_TYPE requires administrator access rights')
  }
  return user.id
}

const alreadyBound = (): RestError =>
  new RestError('ERROR_CORE', 'Unable to set event handler: Handler already binded')

/** Keeps the event for event.offline.get from now on. */
function bindOffline (call: RestCall, event: string): true {
  const { params, token: { portal: { offline } } } = call
  requireAdmin(call, 'Offline events binding requires administrator access rights')
  checkEvent(call, event)
  if (!scopedEvents.has(event)) {
    throw new RestError('ERROR_ARGUMENT', 'Offline event cannot be registered for this event.')
  }
  const connector = text(params.AUTH_CONNECTOR)
  if (offline.handlers.some(row => row.event === event && row.connector === connector)) throw alreadyBound()
  offline.handlers.push({ event, connector })
  return true
}

function unbindOffline (call: RestCall, event: string): { count: number } {
  const { params, token: { portal: { offline } } } = call
  requireAdmin(call, 'Offline events unbinding requires administrator access rights')
  const kept = offline.handlers.filter(row => row.event !== event || row.connector !== text(params.AUTH_CONNECTOR))
  const count = offline.handlers.length - kept.length
  offline.handlers = kept
  return { count }
}

function bind (call: RestCall): true {
  const { params, token: { portal } } = call
  const event = eventOf(call)
  if (isOffline(call)) return bindOffline(call, event)
  const authType = authTypeOf(call)
  const handler = handlerOf(call)
  checkHandler(handler)
  checkEvent(call, event)
  if (portal.events.some(row => row.event === event && row.handler === handler && row.authType === authType)) {
    throw alreadyBound()
  }
  const { minTimeout } = map(params.OPTIONS)
  portal.events.push({
    event,
    handler,
    authType,
    ...(event === 'ONOFFLINEEVENT' && minTimeout !== undefined && { minTimeout: Math.trunc(Number(minTimeout)) || 0 })
  })
  return true
}

/** Without the parameter auth_type all handlers of the event at this address are meant, with 0 those for everybody. */
function unbind (call: RestCall): { count: number } {
  const { params: { AUTH_TYPE }, token: { portal, user } } = call
  const event = eventOf(call)
  if (isOffline(call)) return unbindOffline(call, event)
  const handler = handlerOf(call)
  // Portals compare a number: the text of a form is refused even when it is the own id.
  if (!user.admin && AUTH_TYPE !== undefined && AUTH_TYPE !== user.id) {
    throw accessDenied('Event unbinding with AUTH_TYPE requires administrator access rights')
  }
  const wanted = user.admin ? AUTH_TYPE : user.id
  const kept = portal.events.filter(row => row.event !== event || row.handler !== handler ||
    (wanted !== undefined && row.authType !== Number(text(wanted))))
  const count = portal.events.length - kept.length
  portal.events = kept
  return { count }
}

/** Handlers of events: event.bind, event.get, event.unbind. */
export const eventMethods: RestMethods = {
  'event.bind': { run: bind },
  'event.get': {
    run: ({ token: { portal, user } }) => [
      ...portal.events.filter(row => user.admin || row.authType === user.id)
        .map(row => ({ event: row.event, handler: row.handler, auth_type: String(row.authType), offline: 0 })),
      ...portal.offline.handlers.filter(() => user.admin)
        .map(row => ({ event: row.event, connector_id: row.connector, offline: 1 }))
    ]
  },
  'event.unbind': { run: unbind }
}
