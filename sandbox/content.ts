import Database from 'better-sqlite3'

/** What people of a portal write, and what the portal keeps for them. */
export type EntryKind =
  'post' | 'comment' | 'message' | 'task' | 'task-comment' | 'event' | 'notification' |
  'lead' | 'deal' | 'contact' | 'company' | 'quote' | 'invoice' | 'item' | 'deal-comment' | 'activity' | 'file'
  | 'channel-message' | 'user-field' | 'status' | 'category'
  | 'task-checklist' | 'task-elapsed' | 'calendar-section' | 'department' | 'file-version' | 'chat' | 'user'
  | 'badge' | 'activity-type' | 'storage' | 'attachment'

/** One thing that somebody wrote. */
export interface Entry {
  id: number
  kind: EntryKind
  /**
   * What it belongs to: the post, task or deal of a comment, the dialog of a message, the folder of a file; `lead:5`
   * for a comment in the timeline of anything but a deal; empty otherwise.
   */
  parent: string
  /** User id. */
  authorId: number
  title: string
  /** BB code, in which Bitrix24 keeps texts. */
  text: string
  /** Unix milliseconds. */
  at: number
  /** What only this kind has: amounts, dates, stages. */
  fields: Record<string, unknown>
}

/** A new entry; the time is now without `at`. An `id` is only given for entries that have a well-known one. */
export type NewEntry = Pick<Entry, 'kind' | 'authorId'> & Partial<Omit<Entry, 'kind' | 'authorId'>>

/** Comments come and go with what they are about. */
const topicOf = (kind: EntryKind): EntryKind => kind === 'comment' ? 'post' : kind === 'task-comment' ? 'task' : kind

interface Row extends Omit<Entry, 'fields'> { fields: string }

const SCHEMA = `CREATE TABLE IF NOT EXISTS entry (
  portal TEXT NOT NULL, kind TEXT NOT NULL, id INTEGER NOT NULL, parent TEXT NOT NULL, authorId INTEGER NOT NULL,
  title TEXT NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL, fields TEXT NOT NULL,
  PRIMARY KEY (portal, kind, id)
) STRICT, WITHOUT ROWID`

const toEntry = ({ fields, ...row }: Row): Entry => ({ ...row, fields: JSON.parse(fields) })

/** What was written on the portals, kept in SQLite. @internal */
export class Content {
  readonly #database: Database.Database

  /** @param file path of the database; `:memory:` forgets everything at the end */
  constructor (file: string) {
    this.#database = new Database(file)
    this.#database.exec(SCHEMA)
  }

  /**
   * What was written on one portal. Each kind of which nothing was written gets its `examples` when somebody looks at
   * it or writes.
   */
  of (portal: string, examples?: () => NewEntry[]): PortalContent {
    return new PortalContent(this.#database, portal, examples)
  }

  close (): void {
    this.#database.close()
  }
}

/** What is used of SQLite, so that the published types do not lead to those of better-sqlite3. @internal */
interface EntryDatabase {
  prepare (sql: string): {
    get (...values: unknown[]): unknown
    all (...values: unknown[]): unknown[]
    run (...values: unknown[]): unknown
  }
  transaction (work: () => void): () => void
}

/** What was written on one portal. */
export class PortalContent {
  readonly #database: EntryDatabase
  readonly #portal: string
  readonly #examples: () => NewEntry[]
  /** Topics that were looked at already, and the greatest number of each kind. */
  readonly #lookedAt = new Set<EntryKind>()
  readonly #last = new Map<EntryKind, number>()

  /** @internal */
  constructor (database: EntryDatabase, portal: string, examples: () => NewEntry[] = () => []) {
    this.#database = database
    this.#portal = portal
    this.#examples = examples
  }

  /**
   * Examples come with the first look or the first writing, not at the start of the portal: most tests start one and
   * never look at its texts.
   */
  #fill (kind: EntryKind): void {
    const topic = topicOf(kind)
    if (this.#lookedAt.has(topic)) return
    // Before the examples are added, which comes back here.
    this.#lookedAt.add(topic)
    const entries = this.#examples().filter(entry => topicOf(entry.kind) === topic)
    if (this.list(kind).length > 0 || this.list(topic).length > 0) return
    this.#database.transaction(() => entries.forEach(entry => this.add(entry)))()
  }

  /** Keeps an entry; it gets the next number of its kind. That of one that was removed does not come back. */
  add ({ id, kind, authorId, parent = '', title = '', text = '', at = Date.now(), fields = {} }: NewEntry): Entry {
    this.#fill(kind)
    const row = this.#database.prepare(`INSERT INTO entry (portal, kind, id, parent, authorId, title, text, at, fields)
      VALUES (?, ?, COALESCE(?, (SELECT MAX(COALESCE(MAX(id), 0), ?) + 1 FROM entry WHERE portal = ? AND kind = ?)),
        ?, ?, ?, ?, ?, ?)
      RETURNING kind, id, parent, authorId, title, text, at, fields`)
      .get(this.#portal, kind, id ?? null, this.#last.get(kind) ?? 0, this.#portal, kind, parent, authorId, title,
        text, at, JSON.stringify(fields))
    // The statement returns the columns it names.
    const entry = toEntry(row as Row)
    this.#last.set(kind, Math.max(entry.id, this.#last.get(kind) ?? 0))
    return entry
  }

  /** All entries of a kind, of one parent if it is given, in the order of their numbers. */
  list (kind: EntryKind, parent?: string): Entry[] {
    this.#fill(kind)
    const rows = this.#database.prepare(`SELECT kind, id, parent, authorId, title, text, at, fields FROM entry
      WHERE portal = ? AND kind = ? AND (? IS NULL OR parent = ?) ORDER BY id`)
      .all(this.#portal, kind, parent ?? null, parent ?? null)
    // The statement returns the columns it names.
    return (rows as Row[]).map(toEntry)
  }

  /** One entry by its number. */
  find (kind: EntryKind, id: number): Entry | undefined {
    return this.list(kind).find(entry => entry.id === id)
  }

  /** Replaces author, place, title, text and fields of an entry. */
  update ({ authorId, parent, title, text, fields, kind, id }: Entry): void {
    this.#database.prepare(`UPDATE entry SET authorId = ?, parent = ?, title = ?, text = ?, fields = ?
      WHERE portal = ? AND kind = ? AND id = ?`)
      .run(authorId, parent, title, text, JSON.stringify(fields), this.#portal, kind, id)
  }

  /** Removes an entry. */
  remove ({ kind, id }: Entry): void {
    this.#database.prepare('DELETE FROM entry WHERE portal = ? AND kind = ? AND id = ?').run(this.#portal, kind, id)
  }
}
