import { randomInt } from 'node:crypto'
import type { EventMessage, RestMessage } from '../../src/diagnostics/measurements.ts'
import { batchNames, methodName, nameOf, parameterNames } from './parameter-names.ts'

/** What is kept of a REST call or an event. It holds no value of a parameter. */
export interface JournalEntry {
  memberId: string
  /** When it began, in milliseconds since 1970 */
  at: number
  /** Tells apart what began in the same millisecond */
  id: number
  kind: 'rest' | 'event'
  /** Of the REST interface, such as `crm.deal.list` or `batch`; or the name of an event */
  method: string
  /** What a batch calls */
  methods: string[]
  /** Names of the parameters, as text */
  params: string
  /** Whose token was used; 0: none was needed */
  userId: number
  /** Of the request that the call was made for; '': none */
  requestId: string
  /** HTTP status; 0: no answer */
  status: number
  /** Why it was refused; '': it was not */
  code: string
  /** Bytes that the service has sent and received */
  sent: number
  received: number
  /** Milliseconds that it took */
  ms: number
}

// Of several processes hardly two begin at the same number.
let lastId = randomInt(2 ** 40)

/** A request's id, unless a host around the app takes it from what a stranger sends. */
const idIn = (requestId: unknown): string => /^[\w.:-]{1,64}$/.test(String(requestId ?? '')) ? String(requestId) : ''

const duration = ({ seconds }: { seconds: number }, now: number) => {
  const ms = Math.round(seconds * 1000)
  return { at: now - ms, id: ++lastId, ms }
}

export function restEntry (message: RestMessage, requestId: unknown, now: number): JournalEntry {
  const { memberId, userId, method, commands, status, refusal, refusedCommand, sent, received } = message
  const isBatch = method === 'batch'
  const methods = isBatch ? new Set(commands.map(command => methodName(command.method))) : []
  return {
    ...duration(message, now),
    memberId,
    kind: 'rest',
    method: methodName(method),
    methods: [...methods],
    params: isBatch ? batchNames(commands) : commands.map(({ params }) => parameterNames(params)).join(),
    userId,
    requestId: idIn(requestId),
    status,
    code: refusal ?? refusedCommand ?? '',
    sent,
    received
  }
}

export function eventEntry (message: EventMessage, requestId: unknown, now: number): JournalEntry {
  const { memberId, userId, event, fields, refusal = { status: 200, code: '' }, received } = message
  return {
    ...duration(message, now),
    memberId,
    kind: 'event',
    method: methodName(event),
    methods: [],
    params: fields.map(nameOf).join(', '),
    userId,
    requestId: idIn(requestId),
    ...refusal,
    sent: 0,
    received
  }
}
