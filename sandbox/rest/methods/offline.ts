import { randomBytes } from 'node:crypto'
import type { OfflineEvent } from '../../offline-queue.ts'
import { page, type Page } from '../page.ts'
import { argumentError, RestError } from '../rest-error.ts'
import { map, requireAdmin, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import { filterRows, orderRows, splitKey, type Row } from '../select-rows.ts'

const FIELDS = ['ID', 'TIMESTAMP_X', 'EVENT_NAME', 'MESSAGE_ID']
const OPERATIONS = ['', '=', '>', '<', '>=', '<=', '@', '%']

const wrong = (description: string): RestError => new RestError('ERROR_ARGUMENT', description)
const connectorOf = ({ params }: RestCall): string => text(params.AUTH_CONNECTOR)

/** The events that a call asks for, in its order or in the usual one. */
function query (
  { params: { FILTER = {}, ORDER } }: RestCall, events: OfflineEvent[], usual: string, fields = FIELDS
): Row[] {
  if (typeof FILTER !== 'object') throw wrong('The filter is not an array.')
  for (const key of Object.keys(map(FILTER))) {
    const [operation, field] = splitKey(key)
    if (!OPERATIONS.includes(operation)) throw wrong(`Filter operation not allowed: ${operation}`)
    if (!fields.includes(field)) throw wrong(`Filter field not allowed: ${field}`)
  }
  const order = ORDER ?? { [usual]: 'ASC' }
  if (typeof order !== 'object') throw wrong('The order is not an array.')
  for (const [field, direction] of Object.entries(order)) {
    if (!fields.includes(field)) throw wrong(`Order field not allowed: ${field}`)
    if (!/^(ASC|DESC)$/i.test(text(direction))) throw wrong('Order direction should be one of {ASC|DESC}')
  }
  return orderRows(filterRows(events.map(event => ({ ...event })), FILTER), order)
}

/** The events that nobody works on, or those of a process. They are taken out, or reserved for a process. */
function get (call: RestCall): { process_id: string | null, events: Row[] } {
  requireAdmin(call)
  const { params: { CLEAR = 1, ERROR, LIMIT = 50, PROCESS_ID }, token: { portal: { offline } } } = call
  const limit = Number(text(LIMIT))
  if (!(limit > 0)) throw argumentError('LIMIT', 'Value must be positive integer')
  const given = PROCESS_ID === undefined ? undefined : text(PROCESS_ID)
  const events = offline.of(connectorOf(call))
  const error = text(ERROR) === '1' ? '1' : '0'
  const open = events.filter(event => event.ERROR === error && event.PROCESS_ID === (given ?? ''))
  const found = query(call, open, 'TIMESTAMP_X').slice(0, limit)
  const process = given ?? randomBytes(16).toString('hex')
  const isFound = ({ ID }: OfflineEvent): boolean => found.some(row => row.ID === ID)
  const reserved = events.map(event => isFound(event) ? { ...event, PROCESS_ID: process } : event)
  const isCleared = text(CLEAR) !== '0'
  offline.replace(connectorOf(call),
    // All that the process has is taken out, whether it fits into the limit or not.
    isCleared && found.length > 0 ? reserved.filter(event => event.PROCESS_ID !== process) : reserved)
  return {
    process_id: isCleared && given === undefined ? null : process,
    events: found.map(({ PROCESS_ID: _process, ERROR: _error, ...event }) => event)
  }
}

function list (call: RestCall): Page {
  requireAdmin(call)
  const events = call.token.portal.offline.of(connectorOf(call))
  return page(query(call, events, 'ID', [...FIELDS, 'PROCESS_ID', 'ERROR']), call.params.START)
}

function processOf ({ params }: RestCall): string {
  if (params.PROCESS_ID === undefined) throw argumentError('PROCESS_ID')
  return text(params.PROCESS_ID)
}

/** The texts of a list; undefined without the parameter. */
function listOf (value: unknown, fits: (text: string) => boolean, refusal: RestError): string[] | undefined {
  if (value === undefined) return undefined
  const texts = Object.values(map(value)).map(text)
  if (typeof value !== 'object' || !texts.every(fits)) throw refusal
  return texts
}

const noMessages = (): RestError => argumentError('message_id', 'Value must be array of MESSAGE_ID values')

/** Takes out what a process has done: all that it has, or what the call names. */
function clear (call: RestCall): true {
  requireAdmin(call)
  const { params, token: { portal: { offline } } } = call
  const process = processOf(call)
  const messages = listOf(params.MESSAGE_ID, message => message.length === 32, noMessages())
  const ids = messages
    ? undefined
    : listOf(params.ID, id => Number(id) > 0, argumentError('id', 'Value must be array of integers'))
  const isNamed = ({ ID, MESSAGE_ID }: OfflineEvent): boolean => messages?.length
    ? messages.includes(MESSAGE_ID)
    : !ids?.length || ids.includes(ID)
  offline.replace(connectorOf(call), offline.of(connectorOf(call)).filter(event =>
    event.PROCESS_ID !== process || !isNamed(event)))
  return true
}

/** Marks what a process could not do and gives it free. The same events outside of the process are removed. */
function fail (call: RestCall): true {
  requireAdmin(call)
  const { params, token: { portal: { offline } } } = call
  const process = processOf(call)
  const messages = listOf(params.MESSAGE_ID ?? '', () => true, noMessages())
  const isMeant = ({ MESSAGE_ID, ERROR }: OfflineEvent): boolean =>
    ERROR === '0' && messages?.includes(MESSAGE_ID) === true
  offline.replace(connectorOf(call), offline.of(connectorOf(call))
    .filter(event => !isMeant(event) || event.PROCESS_ID === process)
    .map(event => isMeant(event) ? { ...event, ERROR: '1', PROCESS_ID: '' } : event))
  return true
}

/** The queue of events that are not sent: event.offline.get, .list, .clear, .error. */
export const offlineMethods: RestMethods = {
  'event.offline.get': { run: get },
  'event.offline.list': { run: list },
  'event.offline.clear': { run: clear },
  'event.offline.error': { run: fail }
}
