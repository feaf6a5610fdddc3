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

function bind (call: RestCall): boolean {
  const { portal, user } = call.token
  const event = knownEvent(call)
  if (text(call.params.EVENT_TYPE).toLowerCase() === 'offline') {
    if (!user.admin) throw new RestError('ACCESS_DENIED', 'Access denied! Offline events need an administrator', 403)
    call.note('the queue of offline events is not in the sandbox')
    return true
  }
  const handler = text(call.params.HANDLER)
  if (!handler) throw argumentError('HANDLER')
  const authType = authTypeOf(call)
  checkHandler(handler)
  if (portal.events.some(row => row.event === event && row.handler === handler && row.authType === authType)) {
    throw new RestError('ERROR_CORE', 'Unable to set event handler: Handler already binded')
  }
  portal.events.push({ event, handler, authType })
  if (scopedEvents.get(event)?.isSent === false) call.note(`what sends ${event} is not in the sandbox`)
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
