import type { SandboxUser } from './portal-records.ts'
import { parseForm } from './request-params.ts'

/** An event that waits for the application, as event.offline.list shows it. */
export interface OfflineEvent {
  ID: string
  TIMESTAMP_X: string
  EVENT_NAME: string
  EVENT_DATA: unknown
  EVENT_ADDITIONAL: unknown
  MESSAGE_ID: string
  /** Who works on it: empty while nobody does. */
  PROCESS_ID: string
  ERROR: '0' | '1'
}

/** The events that a portal keeps for the application instead of sending them. */
export class OfflineQueue {
  /** What event.bind has asked for; each connector has a queue of its own. */
  handlers: Array<{ event: string, connector: string }> = []
  readonly #queues = new Map<string, OfflineEvent[]>()
  #last = 0

  /** The events for a connector, the oldest first. */
  of (connector: string): OfflineEvent[] {
    return this.#queues.get(connector) ?? []
  }

  replace (connector: string, events: OfflineEvent[]): void {
    this.#queues.set(connector, events)
  }

  /** Keeps an event with the fields of its form. One that waits already, with the same data, only gets a later time. */
  keep (name: string, form: Record<string, string>, { id }: SandboxUser, now: string): void {
    const { data } = parseForm(new URLSearchParams(form).toString())
    const key = JSON.stringify(data)
    for (const { connector } of this.handlers.filter(({ event }) => event === name)) {
      const waiting = this.of(connector).find(({ EVENT_NAME, EVENT_DATA, PROCESS_ID }) =>
        EVENT_NAME === name && PROCESS_ID === '' && JSON.stringify(EVENT_DATA) === key)
      if (waiting) {
        waiting.TIMESTAMP_X = now
        continue
      }
      const number = String(++this.#last)
      this.replace(connector, [...this.of(connector), {
        ID: number,
        TIMESTAMP_X: now,
        EVENT_NAME: name,
        EVENT_DATA: data,
        EVENT_ADDITIONAL: { user_id: String(id) },
        MESSAGE_ID: number,
        PROCESS_ID: '',
        ERROR: '0'
      }])
    }
  }
}
