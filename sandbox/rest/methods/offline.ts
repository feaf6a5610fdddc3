import { randomBytes } from 'node:crypto'
import type { OfflineEvent } from '../../offline-queue.ts'
import { page, type Page } from '../page.ts'
import { argumentError } from '../rest-error.ts'
import { isTrue, map, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import { filterRows, orderRows, type Row } from '../select-rows.ts'

const rowsOf = (events: OfflineEvent[]): Row[] => events.map(event => ({ ...event }))
const connectorOf = ({ params }: RestCall): string => text(params.AUTH_CONNECTOR)

/** The events that nobody works on, or the process of the call does: they are taken out, or reserved for a process. */
function get (call: RestCall): { process_id: string | null, events: Row[] } {
  const { params, token: { portal: { offline } } } = call
  const events = offline.of(connectorOf(call))
  const ofProcess = text(params.PROCESS_ID)
  const open = events.filter(({ PROCESS_ID, ERROR }) =>
    ERROR === '1' ? isTrue(params.ERROR) : PROCESS_ID === ofProcess)
  const found = orderRows(filterRows(rowsOf(open), params.FILTER), params.ORDER ?? { TIMESTAMP_X: 'ASC' })
    .slice(0, Number(text(params.LIMIT)) || 50)
  const isFound = ({ ID }: OfflineEvent): boolean => found.some(row => row.ID === ID)
  const isCleared = isTrue(params.CLEAR ?? 1)
  const process = isCleared ? null : ofProcess || randomBytes(16).toString('hex')
  offline.replace(connectorOf(call), process === null
    ? events.filter(event => !isFound(event))
    : events.map(event => isFound(event) ? { ...event, PROCESS_ID: process } : event))
  return { process_id: process, events: found.map(({ PROCESS_ID: _process, ERROR: _error, ...event }) => event) }
}

function list (call: RestCall): Page {
  const { params, token: { portal } } = call
  const rows = filterRows(rowsOf(portal.offline.of(connectorOf(call))), params.FILTER)
  return page(orderRows(rows, params.ORDER ?? { ID: 'ASC' }), params.START)
}

/** Whether an event is among those that a call means: of its process, and with one of the numbers if it names some. */
function isMeant ({ params }: RestCall): (event: OfflineEvent) => boolean {
  const process = text(params.PROCESS_ID)
  if (!process) throw argumentError('process_id')
  const [ids, messages] = [params.ID, params.MESSAGE_ID].map(value => Object.values(map(value)).map(String))
  return ({ PROCESS_ID, ID, MESSAGE_ID }) => PROCESS_ID === process &&
    (ids?.length ? ids.includes(ID) : !messages?.length || messages.includes(MESSAGE_ID))
}

function clear (call: RestCall): true {
  const { offline } = call.token.portal
  const isDone = isMeant(call)
  offline.replace(connectorOf(call), offline.of(connectorOf(call)).filter(event => !isDone(event)))
  return true
}

function fail (call: RestCall): true {
  call.token.portal.offline.of(connectorOf(call)).filter(isMeant(call)).forEach(event => { event.ERROR = '1' })
  return true
}

/** The queue of events that are not sent: event.offline.get, .list, .clear, .error. */
export const offlineMethods: RestMethods = {
  'event.offline.get': { run: get },
  'event.offline.list': { run: list },
  'event.offline.clear': { run: clear },
  'event.offline.error': { run: fail }
}
