import { text } from './rest-method.ts'

const SIZE = 50

/** One page of a list: what a method answers when `next` and `total` stand beside `result`. */
export class Page {
  readonly result: unknown
  /** Undefined where nobody counts. */
  readonly total: number | undefined
  /** `start` of the page after this one; undefined for the last one. */
  readonly next: number | undefined

  constructor (result: unknown, total: number | undefined, next: number | undefined) {
    this.result = result
    this.total = total
    this.next = next
  }

  /** The keys that an answer has beside `result`. */
  get extra (): { next?: number, total?: number } {
    return {
      ...(this.next !== undefined && { next: this.next }), ...(this.total !== undefined && { total: this.total })
    }
  }
}

/** Wraps the rows of an answer. */
type Show<Row> = (rows: Row[]) => unknown

/**
 * The page of `rows` that the parameter `start` asks for: its offset, rounded down to a whole page, or -1 for the first
 * rows without a count. `show` wraps the rows.
 */
export function page<Row> (rows: Row[], start: unknown, show: Show<Row> = found => found): Page {
  const offset = Math.trunc(Number(text(start))) || 0
  if (offset < 0) return new Page(show(rows.slice(0, SIZE)), 0, undefined)
  const first = Math.floor(offset / SIZE) * SIZE
  const next = first + SIZE
  return new Page(show(rows.slice(first, next)), rows.length, next < rows.length ? next : undefined)
}

/** The same of a newer method, which has no `total` without a count. */
export function newPage<Row> (rows: Row[], start: unknown, show: Show<Row>): Page {
  const { result, total, next } = page(rows, start, show)
  return new Page(result, Number(text(start)) < 0 ? undefined : total, next)
}
