import { watchLength } from './lengths.ts'

export interface FairQueueOptions {
  /** For the metrics: shows how much waits. Default: it is not shown */
  name?: string
  /** How much runs at once, of all keys together. Default: no limit */
  slots?: number
  /** How much runs at once under one key; less while few slots are free, so that others find one. Default: no limit */
  slotsPerKey?: number
  /** How much may wait; beyond that the longest line gives up its last place. Default: no limit */
  room?: number
  /** How much may wait under one key. Default: no limit */
  roomPerKey?: number
  /** How long something may wait, in milliseconds. Default: no limit */
  patience?: number
  /** The error for work that finds no room, or has waited too long */
  rejection?: () => Error
}

interface Lane { key: string, running: number, line: Array<PromiseWithResolvers<void>> }

/** A queue that many share. Keys take turns, so whoever queues a lot delays only their own work. */
export function createFairQueue (options: FairQueueOptions) {
  const { slots = Infinity, slotsPerKey, room = Infinity, roomPerKey = Infinity, patience } = options
  const { name, rejection = () => new Error('the queue is full') } = options
  // What runs or waits; the first lane that may start has the next turn.
  const lanes = new Map<string, Lane>()
  let free = slots
  let waiting = 0

  function mayStart ({ running }: Lane): boolean {
    if (free === 0 || running === 0 || slotsPerKey === undefined) return free > 0
    return running < Math.min(slotsPerKey, free / slotsPerKey)
  }

  function start (lane: Lane): void {
    lanes.set(lane.key, lane)
    lane.running++
    free--
  }

  function toTheEnd (lane: Lane): void {
    lanes.delete(lane.key)
    lanes.set(lane.key, lane)
  }

  function dropIfEmpty ({ key, running, line }: Lane): void {
    if (running === 0 && line.length === 0) lanes.delete(key)
  }

  function leave (lane: Lane, turn: PromiseWithResolvers<void>): void {
    lane.line.splice(lane.line.indexOf(turn), 1)
    waiting--
    dropIfEmpty(lane)
  }

  function reject (lane: Lane, turn: PromiseWithResolvers<void>): void {
    leave(lane, turn)
    turn.reject(rejection())
  }

  /** Whether one more may wait: at the cost of the longest line, unless that would be its own. */
  function hasRoom (lane: Lane): boolean {
    if (lane.line.length >= roomPerKey) return false
    if (waiting < room) return true
    const isLonger = (one: Lane, other: Lane) => one.line.length > other.line.length
    const longest = [...lanes.values()].reduce((most, other) => isLonger(other, most) ? other : most, lane)
    const last = longest.line.at(-1)
    if (last === undefined || longest.line.length < lane.line.length + 2) return false
    reject(longest, last)
    return true
  }

  async function wait (lane: Lane): Promise<void> {
    if (!hasRoom(lane)) throw rejection()
    if (lane.line.length === 0) toTheEnd(lane)
    const turn = Promise.withResolvers<void>()
    lane.line.push(turn)
    waiting++
    const timer = patience === undefined ? undefined : setTimeout(() => reject(lane, turn), patience)
    await turn.promise.finally(() => clearTimeout(timer))
  }

  function serve (): void {
    for (const lane of lanes.values()) {
      const [turn] = lane.line
      if (turn === undefined || !mayStart(lane)) continue
      // At the end of the map this loop meets it again.
      toTheEnd(lane)
      start(lane)
      leave(lane, turn)
      turn.resolve()
    }
  }

  /** Runs `work` when it is the turn of `key`. */
  const inTurn = async <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const lane = lanes.get(key) ?? { key, running: 0, line: [] }
    if (lane.line.length === 0 && mayStart(lane)) start(lane)
    else await wait(lane)
    try {
      return await work()
    } finally {
      lane.running--
      free++
      dropIfEmpty(lane)
      serve()
    }
  }
  // What is watched lives as long as the queue.
  if (name !== undefined) Object.assign(inTurn, { waiting: watchLength(name, () => waiting) })
  return inTurn
}
