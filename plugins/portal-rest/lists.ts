import {
  ListIncompleteError, ListTooLargeError, PortalRefusedError, PortalUnavailableError, TooManyRowsError
} from '../../src/errors.ts'
import type { ByteBudget } from './reading-limits.ts'
import type { ListOptions, PortalRest, RestPage } from './rest-interface.ts'

/** Where a walk goes on, and what it knows of the list by then. */
interface Place { start: number, step: number, total: number | undefined }

const usualMaxBytes = 4 * 1024 * 1024
const usualMaxRows = 10_000
// Pages of one request: the portal has ten seconds for all of them, and may take half a second for each.
const mostPages = 10
// Rows. Those of Bitrix24 have 50.
const smallestPage = 20
// Of `list`, which keeps all rows, in times of what one answer may have.
const mostAnswers = 8
// Characters of an ID. IDs are kept as long as the walk lasts.
const longestId = 100

const nonsense = (what: string) => new PortalUnavailableError({ cause: new Error(what) })

/**
 * Walks lists. Bitrix24 pages by offset, so when a row vanishes, those behind it move up, some of them onto a page that
 * was read. The count tells: then the walk goes back as far as rows can have moved, and leaves out what it has seen.
 * Source: Bitrix24 REST docs, settings/how-to-call-rest-api/list-methods-pecularities.md
 *
 * @param hold counts what a list keeps, among those of all portals
 */
export function createLists (
  batch: PortalRest['batch'], hold: () => Promise<ReturnType<ByteBudget>>
): Pick<PortalRest, 'list' | 'pages'> {
  /** @param isWhole whether a portal that ends a list before its count is an error */
  async function * walk<Row> (
    method: string, params: Record<string, unknown> = {}, options: ListOptions, isWhole: boolean
  ): AsyncGenerator<RestPage<Row> & { bytes: number }, void> {
    const { maxRows = usualMaxRows, maxBytes = usualMaxBytes } = options
    const seen = createSeen()
    let [found, reads, pageBytes] = [0, 0, maxBytes]
    let place: Place | undefined = { start: 0, step: 0, total: undefined }
    while (place !== undefined) {
      // A quarter of what an answer may have, as pages differ and PHP escapes what is not ASCII.
      const starts = startsFrom(place, maxBytes / 4 / pageBytes)
      const commands = starts.map(start => [start, { method, params: { ...params, start } }])
      const answers = await batch(Object.fromEntries(commands), { maxBytes })
      for (const [start, answer] of Object.entries(answers)) {
        if (place?.start !== Number(start)) break
        if ('error' in answer) throw new PortalRefusedError(answer.error, answer.text, method)
        const { ok, next, total } = answer
        const all = rowsOf<Row>(ok, method)
        pageBytes = Buffer.byteLength(JSON.stringify(all))
        const rows = seen.unseen(all)
        found += rows.length
        if (Math.max(found, total ?? 0) > maxRows) throw new TooManyRowsError(method, String(maxRows))
        // A portal whose count falls for ever, or that hands out row by row, would keep us reading.
        const mostReads = 10 + 2 * maxRows / Math.max(place.step, smallestPage)
        if (++reads > mostReads) throw nonsense(`${method} does not come to its end`)
        yield { rows, total, bytes: pageBytes }
        place = placeAfter(place, next, total)
        const read = Number(start) + all.length
        if (isWhole && place === undefined && read < Number(total)) {
          throw new ListIncompleteError(method, String(read), String(total))
        }
        if (place !== undefined && place.start <= Number(start) && !seen.knowsAll()) {
          throw nonsense(`rows of ${method} without an ID vanished while they were read`)
        }
      }
    }
  }

  return {
    async * pages<Row> (method: string, params?: Record<string, unknown>, options: ListOptions = {}) {
      for await (const { rows, total } of walk<Row>(method, params, options, false)) yield { rows, total }
    },
    async list<Row> (method: string, params?: Record<string, unknown>, options: ListOptions = {}) {
      const most = mostAnswers * (options.maxBytes ?? usualMaxBytes)
      const all: Row[] = []
      const { signal, add, release } = await hold()
      // At once, and not when a slow portal gives the next page.
      signal.addEventListener('abort', () => { all.length = 0 })
      let size = 0
      try {
        for await (const { rows, bytes } of walk<Row>(method, params, options, true)) {
          size += bytes
          if (size > most) throw new ListTooLargeError(method, String(most))
          add(bytes)
          if (signal.aborted) throw new PortalUnavailableError({ cause: signal.reason })
          for (const row of rows) all.push(row)
        }
      } finally {
        release()
      }
      return all
    }
  }
}

/** The pages to ask for at once: as many as the list still has, and one request should hold. */
function startsFrom ({ start, step, total = 0 }: Place, most: number): number[] {
  const left = step === 0 ? 1 : Math.ceil((total - start) / step)
  const size = Math.max(1, Math.min(left, most, mostPages))
  return Array.from({ length: Math.floor(size) }, (_, index) => start + index * step)
}

/** Where to go on after a page; undefined: it was the last. */
function placeAfter (place: Place, next: number | undefined, total: number | undefined): Place | undefined {
  const { start, step } = place
  const vanished = place.total === undefined || total === undefined ? 0 : place.total - total
  if (vanished > 0) return { start: Math.max(0, Math.floor((start - vanished) / step) * step), step, total }
  if (next === undefined) return undefined
  if (next <= start) throw nonsense('a page leads back to where it was')
  return { start: next, step: next - start, total }
}

/** The rows in an answer: a list by itself, or under a name such as `items` or `tasks`. */
function rowsOf<Row> (result: unknown, method: string): Row[] {
  const inside = typeof result === 'object' && result !== null ? Object.values(result) : []
  const rows: unknown = Array.isArray(result) ? result : inside.find(Array.isArray)
  if (!Array.isArray(rows)) throw nonsense(`${method} answers with no list`)
  return rows // the caller knows what the method lists
}

/** Knows rows again by their ID. */
function createSeen () {
  const ids = new Set<string>()
  let hasUnknown = false

  function idOf (row: unknown): string | undefined {
    const { ID, id = ID } = Object(row) as { ID?: unknown, id?: unknown } // whatever it is, it has such fields or not
    if (typeof id === 'number') return String(id)
    return typeof id === 'string' && id.length <= longestId ? id : undefined
  }

  return {
    /** The rows that were on no page before. */
    unseen<Row> (rows: Row[]): Row[] {
      const found = rows.map(row => ({ row, id: idOf(row) }))
      const fresh = found.filter(({ id }) => id === undefined || !ids.has(id))
      for (const { id } of fresh) {
        if (id === undefined) hasUnknown = true
        else ids.add(id)
      }
      return fresh.map(({ row }) => row)
    },
    /** Whether each row so far can be known again. */
    knowsAll: () => !hasUnknown
  }
}
