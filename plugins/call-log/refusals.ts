import type { FastifyBaseLogger } from 'fastify'
import { clientAddress } from '../../src/http/client-address.ts'
import { audit } from '../../src/log/audit.ts'

interface RefusalsOptions {
  log: Pick<FastifyBaseLogger, 'info' | 'warn'>
  /** Milliseconds after which what was left out is counted in a line, and lines begin anew */
  interval: number
}

// Of one client with one error, and in all: then the log tells little new.
const linesEach = 10
const linesInAll = 500

/**
 * Which calls that nothing verifies have lines of their own. Anybody can send as many as they like: of each interval
 * the first ones are logged, and those of the others that were refused are counted in one line.
 */
export function createRefusals ({ log, interval }: RefusalsOptions) {
  const logged = new Map<string, number>()
  const counted = new Map<string, number>()
  const decided = new WeakMap<object, boolean>()
  let lines = 0
  let timer: NodeJS.Timeout | undefined

  function end (): void {
    clearTimeout(timer)
    timer = undefined
    const codes = Object.fromEntries(counted)
    const count = [...counted.values()].reduce((sum, times) => sum + times, 0)
    if (count > 0) audit(log, 'calls.refused', { count, codes })
    logged.clear()
    counted.clear()
    lines = 0
  }

  function decide (ip: string, code: string | null): boolean {
    timer ??= setTimeout(end, interval).unref()
    const key = `${clientAddress(ip)} ${code}`
    const times = logged.get(key) ?? 0
    if (times === linesEach || lines === linesInAll) {
      if (code !== null) counted.set(code, (counted.get(code) ?? 0) + 1)
      return false
    }
    logged.set(key, times + 1)
    lines++
    return true
  }

  return {
    /** Whether this one is logged: all of its lines, or none. @param code null: it was answered */
    isLogged (call: object, ip: string, code: string | null): boolean {
      const isLogged = decided.get(call) ?? decide(ip, code)
      decided.set(call, isLogged)
      return isLogged
    },
    /** Ends the interval: the count is written. */
    end
  }
}
