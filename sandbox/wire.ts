import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { readableFields } from './readable-fields.ts'
import { withoutSecrets } from './secrets.ts'

/** Who sent a message, or whom it was meant for. */
export type Party = 'portal' | 'application' | 'authorization server'

/** One message between Bitrix24 and the application. Holds no whole token. */
export interface WireEntry {
  id: number
  /** Unix milliseconds. */
  at: number
  from: Party
  to: Party
  /** The portal that it concerns, once that is known. */
  memberId?: string
  /** HTTP method. */
  method: string
  /** Path without the query. */
  path: string
  /** Placement code, name of the event or of the REST method. */
  name?: string
  /** Fields of the query and of the body, tokens shortened, each value as text. */
  fields: Record<string, string>
  /** HTTP status of the answer. Unknown while there is none, and when only the browser has seen it. */
  status?: number
  /** What became of it beyond the status: an error code, "connection cut", what the application's log says. */
  outcome?: string
  /** Milliseconds until the answer. */
  ms?: number
}

/**
 * A message as it was sent, whole tokens included: what it takes to send it again. Never leaves the sandbox.
 * @internal
 */
export interface SentMessage {
  /** The address with its query. */
  url: string
  /** The fields of the form; undefined for a GET. */
  body?: Record<string, string>
}

/** What a new entry is made of. `sent` only for messages of the portal, which can be sent again. @internal */
export type NewWireEntry =
  Omit<WireEntry, 'id' | 'at' | 'fields'> & { fields?: Record<string, unknown>, sent?: SentMessage }

const MAX_ENTRIES = 1000

/** The messages between Bitrix24 and the application, the newest 1,000 of them, for people and for tests. */
export class Wire {
  readonly entries: WireEntry[] = []
  /** Tells this wire from the one of another run, whose numbers begin at 1, too. */
  readonly run = randomUUID()
  readonly #listeners = new EventEmitter().setMaxListeners(0)
  readonly #sent = new Map<number, SentMessage>()
  readonly #secrets = new Set<string>()
  #lastId = 0

  /**
   * A value that opens something: from now on it is shortened wherever it stands. Tokens are without being told.
   * @internal
   */
  hide (secret: string): void {
    this.#secrets.add(secret)
  }

  /** A text with its secrets shortened. @internal */
  readable (text: string): string {
    return withoutSecrets(text, this.#secrets)
  }

  /** Keeps a message. @internal */
  record ({ fields = {}, sent, ...entry }: NewWireEntry): WireEntry {
    const kept: WireEntry = {
      id: ++this.#lastId, at: Date.now(), ...this.#withReadable(entry), fields: readableFields(fields, this.#secrets)
    }
    this.entries.push(kept)
    if (sent) this.#sent.set(kept.id, sent)
    for (const { id } of this.entries.splice(0, this.entries.length - MAX_ENTRIES)) this.#sent.delete(id)
    this.#listeners.emit('entry', kept)
    return kept
  }

  /** The whole message behind an entry of the portal. @internal */
  sent (id: number): SentMessage | undefined {
    return this.#sent.get(id)
  }

  /** Adds what became known later. @internal */
  complete (entry: WireEntry, news: Partial<Pick<WireEntry, 'status' | 'outcome' | 'ms' | 'memberId' | 'name'>>): void {
    Object.assign(entry, this.#withReadable(news))
    this.#listeners.emit('entry', entry)
  }

  /** Forgets every message so far; numbers go on. */
  clear (): void {
    this.entries.length = 0
    this.#sent.clear()
  }

  /** Calls `listener` with each entry that is new or changed, until the returned function is called. */
  subscribe (listener: (entry: WireEntry) => void): () => void {
    this.#listeners.on('entry', listener)
    return () => { this.#listeners.off('entry', listener) }
  }

  /** Senders choose path, name and member_id; anything may stand there. */
  #withReadable<News extends Partial<WireEntry>> (news: News): News {
    const { path, name, outcome, memberId } = news
    const texts = Object.entries({ path, name, outcome, memberId }).flatMap(([key, text]) =>
      text === undefined ? [] : [[key, this.readable(text)]])
    return { ...news, ...Object.fromEntries(texts) }
  }
}
