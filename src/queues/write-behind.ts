import { setImmediate } from 'node:timers/promises'
import type { BaseLogger } from 'pino'
import { backgroundWork } from '../diagnostics/channels.ts'
import { watchLength } from './lengths.ts'
import { createShares } from './shares.ts'

export interface WriteBehindLimits {
  /** Milliseconds that a value may wait in memory. Default 900 */
  flushMs?: number
  /** Values that wait while the store fails. Default 10,000 */
  maxPending?: number
  /** Bytes of all of them. Default 8 million */
  maxBytes?: number
}

interface WriteBehindOptions<Value> extends WriteBehindLimits {
  /** For the metrics: shows how many values wait */
  name: string
  /** Whose a value is: when there is no room, the owner of the most loses their oldest */
  ownerOf: (value: Value) => string
  /** Tells the values of an owner apart */
  keyOf: (value: Value) => string
  bytesOf: (value: Value) => number
  /** Makes one of two values with the same key. Default: the later one */
  merge?: (known: Value, later: Value) => Value
  write: (batch: Value[]) => Promise<void>
  /** Deletes what is too old */
  purge: () => Promise<void>
  /** What the values are, in the log */
  what: string
  log: Pick<BaseLogger, 'info' | 'error'>
}

/** A database in this process answers nobody else while it writes a batch. */
const batchSize = 200
const hour = 3_600_000

/** Keeps values in memory and writes them later, batch by batch. A batch that is refused is tried again. */
export function createWriteBehind<Value> (options: WriteBehindOptions<Value>) {
  const { ownerOf, keyOf, bytesOf, merge = (_, later) => later, write, purge, name, what, log } = options
  // A crash loses one second at most: what waits, and the time that writing takes.
  const { flushMs = 900, maxPending = 10_000, maxBytes = 8_000_000 } = options
  const pending = createShares(maxPending, maxBytes, bytesOf)
  const size = watchLength(name, () => pending.size)
  let dropped = 0
  let isFailing = false
  let timer: NodeJS.Timeout | undefined
  let purging: NodeJS.Timeout | undefined
  let working = Promise.resolve()

  function put (value: Value): void {
    const [owner, key] = [ownerOf(value), keyOf(value)]
    const known = pending.get(owner, key)
    const lost = pending.set(owner, key, known === undefined ? value : merge(known, value))
    if (lost > 0 && dropped === 0) {
      log.error({ maxPending, maxBytes }, `the store has failed for so long that ${what} are lost`)
    }
    dropped += lost
  }

  function schedule (): void {
    timer ??= setTimeout(flush, flushMs).unref()
  }

  async function writeAll (): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    for (let left = pending.size; left > 0; left -= batchSize) {
      const batch = pending.take(batchSize)
      try {
        await backgroundWork.tracePromise(() => write(batch), { name: `writing ${what}` })
      } catch (err) {
        if (!isFailing) log.error({ err }, `${what} cannot be written; they are kept and tried again`)
        isFailing = true
        // What came meanwhile is newer.
        for (const value of [...batch, ...pending.take(Infinity)]) put(value)
        schedule()
        return
      }
      if (isFailing) log.info({ dropped }, `${what} are written again`)
      isFailing = false
      dropped = 0
      await setImmediate()
    }
  }

  /** Runs a task on the store after the ones before it. The task must not reject. */
  function after (task: () => Promise<void>): void {
    working = working.then(task)
  }

  /** Resolves when all that was added before is written, or the store has refused it. Never rejects. */
  function flush (): Promise<void> {
    after(writeAll)
    return working
  }

  function purgeAll (): void {
    after(() => backgroundWork.tracePromise(purge, { name: `deleting old ${what}` }).catch(err => {
      log.error({ err }, `old ${what} cannot be deleted; it is tried again in an hour`)
    }))
  }

  return {
    add (value: Value): void {
      put(value)
      schedule()
    },
    flush,
    /** Begins to delete what is too old: now and every hour. */
    start (): void {
      purgeAll()
      purging = setInterval(purgeAll, hour).unref()
    },
    /** Writes what waits, and logs what is lost. */
    async close (): Promise<void> {
      clearInterval(purging)
      await flush()
      clearTimeout(timer)
      if (size() > 0) log.error({ lost: size() }, `the service ends, and ${what} are lost`)
    }
  }
}
