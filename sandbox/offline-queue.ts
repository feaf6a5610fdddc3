import { createHash } from 'node:crypto'
import { jsonEncode } from './php.ts'
import type { EventRow, SandboxUser } from './portal-records.ts'
import { parseForm } from './request-params.ts'

/** An event that waits for the application, as event.offline.list shows it. */
export interface OfflineEvent {
  ID: string
  TIMESTAMP_X: string
  EVENT_NAME: string
  EVENT_DATA: unknown
  EVENT_ADDITIONAL: unknown
  /** The same for events with the same name and data. */
  MESSAGE_ID: string
  /** Who works on it: empty while nobody does. */
  PROCESS_ID: string
  ERROR: '0' | '1'
}

/** Seconds between two notices to a handler of ONOFFLINEEVENT that has not asked for others. */
const USUAL_TIMEOUT = 1

/** The events that a portal keeps for the application instead of sending them. */
export class OfflineQueue {
  /** What event.bind has asked for; each connector has a queue of its own. */
  handlers: Array<{ event: string, connector: string }> = []
  /** Whether the handlers of ONOFFLINEEVENT are about to be told. */
  isTelling = false
  readonly #queues = new Map<string, OfflineEvent[]>()
  readonly #told = new WeakMap<EventRow, number>()
  #last = 0

  /** The events for a connector, the oldest first. */
  of (connector: string): OfflineEvent[] {
    return this.#queues.get(connector) ?? []
  }

  replace (connector: string, events: OfflineEvent[]): void {
    this.#queues.set(connector, events)
  }

  /**
   * Keeps an event with the fields of its form, but not for the connector whose call has caused it. One that waits
   * already, with the same data, only gets a later time. Tells whether anybody waits for it.
   */
  keep (name: string, form: Record<string, string>, { id }: SandboxUser, now: string, cause = ''): boolean {
    const { data } = parseForm(new URLSearchParams(form).toString())
    const message = createHash('md5').update(`${name}|${jsonEncode(data)}`).digest('hex')
    const connectors = this.handlers
      .filter(({ event, connector }) => event === name && (connector === '' || connector !== cause))
      .map(({ connector }) => connector)
    for (const connector of connectors) {
      const known = { TIMESTAMP_X: now, EVENT_ADDITIONAL: { user_id: String(id) } }
      const waiting = this.of(connector).find(event => event.MESSAGE_ID === message && event.PROCESS_ID === '')
      if (waiting) {
        Object.assign(waiting, known)
        continue
      }
      this.replace(connector, [...this.of(connector), {
        ...known,
        ID: String(++this.#last),
        EVENT_NAME: name,
        EVENT_DATA: data,
        MESSAGE_ID: message,
        PROCESS_ID: '',
        ERROR: '0'
      }])
    }
    return connectors.length > 0
  }

  /** Whether a handler of ONOFFLINEEVENT is told now: no more often than it has asked for. `now` is in milliseconds. */
  mayTell (row: EventRow, now = Date.now()): boolean {
    const { minTimeout = USUAL_TIMEOUT } = row
    if (now - (this.#told.get(row) ?? -Infinity) < minTimeout * 1000) return false
    this.#told.set(row, now)
    return true
  }
}
