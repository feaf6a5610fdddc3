import type { Wire } from './wire.ts'

/** One line of the service's log. */
export interface LogLine { level: number, msg?: string, route?: string, placement?: string, status?: number, outcome?: string }

/** pino's numbers; a level that it does not know counts as `warn`. */
const LEVELS = new Map([['trace', 10], ['debug', 20], ['info', 30], ['warn', 40], ['error', 50], ['fatal', 60], ['silent', Infinity]])

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

/** Tells the newest call without a status, which only the browser saw answered, what the service's log says of it. */
export function completeCall (wire: Wire, line: LogLine | undefined): void {
  if (line?.msg !== 'call' || line.status === undefined) return
  const { route, placement, status, outcome } = line
  const entry = wire.entries.findLast(entry => entry.from === 'portal' && entry.status === undefined &&
    // The line of the install page names no placement.
    (placement === undefined ? entry.path === route : entry.name === placement))
  if (entry) wire.complete(entry, { status, ...(outcome !== undefined && { outcome }) })
}
