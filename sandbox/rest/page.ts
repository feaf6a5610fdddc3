import { text } from './rest-method.ts'

const SIZE = 50

/** One page of a list: what a method answers when `next` and `total` stand beside `result`. */
export class Page {
  readonly result: unknown
  readonly total: number
  /** `start` of the page after this one; undefined for the last one. */
  readonly next: number | undefined

  constructor (result: unknown, total: number, next: number | undefined) {
    this.result = result
    this.total = total
    this.next = next
  }

  /** The keys that an answer has beside `result`. */
  get extra (): { next?: number, total: number } {
    return { ...(this.next !== undefined && { next: this.next }), total: this.total }
  }
}

/**
 * The page of `rows` that the parameter `start` asks for: its offset, rounded down to a whole page, or -1 for the first
 * rows without a count. `show` wraps the rows.
 */
export function page<Row> (rows: Row[], start: unknown, show: (rows: Row[]) => unknown = found => found): Page {
  const offset = Math.trunc(Number(text(start))) || 0
  if (offset < 0) return new Page(show(rows.slice(0, SIZE)), 0, undefined)
  const first = Math.floor(offset / SIZE) * SIZE
  const next = first + SIZE
  return new Page(show(rows.slice(first, next)), rows.length, next < rows.length ? next : undefined)
}
