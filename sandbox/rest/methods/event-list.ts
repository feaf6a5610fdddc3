import { deliverEvent } from '../../event-delivery.ts'
import { isEmpty, toText } from '../../php.ts'
import { isGranted, OF_THE_APPLICATION, scopedEvents } from '../known-events.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'

/** The names of events: of one scope, of all of them, or those that the application may bind. */
function list ({ params, token: { portal } }: RestCall): string[] {
  const namesOf = (...granted: string[]): string[] =>
    [...scopedEvents].filter(([, { scopes }]) => isGranted(scopes, granted)).map(([name]) => name)
  if (params.SCOPE === '') return [...OF_THE_APPLICATION]
  if (typeof params.SCOPE === 'string') return namesOf(params.SCOPE)
  return [...OF_THE_APPLICATION, ...!isEmpty(params.FULL) ? scopedEvents.keys() : namesOf(...portal.scope)]
}

/** The fields of a form that carry `value` under `name`. */
function formOf (name: string, value: unknown): Record<string, string> {
  return typeof value === 'object' && value !== null
    ? Object.assign({}, ...Object.entries(value).map(([key, item]) => formOf(`${name}[${key}]`, item)))
    : { [name]: toText(value) }
}

/** What events there are, and one to try a handler with: events, event.test. */
export const eventListMethods: RestMethods = {
  events: { run: list },
  'event.test': {
    run ({ sent, token: { portal, user } }) {
      setImmediate(deliverEvent, portal, 'ONAPPTEST', formOf('data[QUERY]', sent), user)
      return 1
    }
  }
}
