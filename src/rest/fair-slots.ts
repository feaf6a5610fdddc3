import { PortalSilentError } from '../errors.ts'

export interface FairSlotsOptions {
  /** Pieces of work of one portal at the same time */
  each: number
  /** Of all portals together */
  all: number
  /** Callers of one portal that may wait for a slot */
  waiting: number
  /** Milliseconds that a caller waits at most */
  patience: number
}

interface Row { running: number, queue: Array<() => void> }

export const busy = () => new PortalSilentError({ cause: new Error('too many calls of this portal are under way') })

/**
 * Slots that portals share fairly. The fewer are free, the fewer a single portal may have, so that a newcomer finds one while
 * others hold all that they can get.
 * In: a portal's member_id, and the work. Errors: PortalSilentError when no slot came free in time; those of the work.
 */
export function createFairSlots ({ each, all, waiting, patience }: FairSlotsOptions): <T>(memberId: string, work: () => Promise<T>) => Promise<T> {
  const rows = new Map<string, Row>()
  let free = all

  const mayStart = ({ running }: Row) => running === 0 ? free > 0 : running < Math.min(each, free / each)

  function take (row: Row): void {
    row.running++
    free--
  }

  /** Resolves when the row has been given a slot. */
  async function wait ({ queue }: Row): Promise<void> {
    if (queue.length >= waiting) throw busy()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    queue.push(resolve)
    const timer = setTimeout(() => {
      queue.splice(queue.indexOf(resolve), 1)
      reject(busy())
    }, patience)
    await promise.finally(() => clearTimeout(timer))
  }

  /** The portal with the fewest slots goes first. */
  function handOn (): void {
    const [row] = [...rows.values()].filter(row => row.queue.length > 0 && mayStart(row)).sort((one, other) => one.running - other.running)
    const start = row?.queue.shift()
    if (row === undefined || start === undefined) return
    take(row)
    start()
    handOn()
  }

  return async (memberId, work) => {
    const row = rows.get(memberId) ?? { running: 0, queue: [] }
    rows.set(memberId, row)
    try {
      if (row.queue.length === 0 && mayStart(row)) take(row)
      else await wait(row)
      try {
        return await work()
      } finally {
        row.running--
        free++
        handOn()
      }
    } finally {
      if (row.running === 0 && row.queue.length === 0) rows.delete(memberId)
    }
  }
}
