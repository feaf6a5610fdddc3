import { memberHash } from '../src/log/logger.ts'
import type { Wire } from './wire.ts'

/** One line of the service's log. */
export interface LogLine {
  level: number
  msg?: string
  route?: string
  placement?: string
  member?: string
  status?: number
  outcome?: string
  /** Of an installation: what was not bound, and why */
  skipped?: Array<{ code: string, reason: string }>
}

/** pino's numbers; a level that it does not know counts as `warn`. */
const LEVELS = new Map([['trace', 10], ['debug', 20], ['info', 30], ['warn', 40], ['error', 50], ['fatal', 60],
  ['silent', Infinity]])

/** A line of the log, or undefined when it is something else that the service printed. */
export function parseLine (text: string): LogLine | undefined {
  try {
    const line: unknown = JSON.parse(text)
    // pino writes objects with a number as level; whatever else they hold is optional.
    return typeof line === 'object' && line !== null && 'level' in line ? line as LogLine : undefined
  } catch {
    return undefined
  }
}

/** Whether a line is shown to somebody who asked for this level. What is no line of the log is always shown. */
export const isShown = (line: LogLine | undefined, level: string): boolean =>
  line === undefined || line.level >= (LEVELS.get(level) ?? 40)

/** Milliseconds. What was not answered by then never reached the service. */
const LONGEST_CALL = 60_000

/**
 * Tells a call without a status, which only the browser saw answered, what the service's log says of it: the oldest one
 * of that placement and portal, as calls mostly end in the order in which they began.
 */
export function completeCall (wire: Wire, line: LogLine | undefined): void {
  if (line?.msg !== 'call' || line.status === undefined) return
  const { route, placement, member, status, outcome } = line
  const entry = wire.entries.find(entry =>
    entry.from === 'portal' && entry.status === undefined && entry.outcome === undefined &&
    entry.at > Date.now() - LONGEST_CALL &&
    // The line of the install page names no placement.
    (placement === undefined ? entry.path === route : entry.name === placement) &&
    (member === undefined || (entry.memberId !== undefined && memberHash(entry.memberId) === member)))
  if (entry) wire.complete(entry, { status, ...(outcome !== undefined && { outcome }) })
}
