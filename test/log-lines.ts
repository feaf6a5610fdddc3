import { Writable } from 'node:stream'

/** A line of the log, parsed. */
export type LogLine = { level: number, msg: string } & Record<string, unknown>

/** A stream for pino, and the lines that were written to it. */
export function logLines (): { lines: LogLine[], stream: Writable } {
  const lines: LogLine[] = []
  return { lines, stream: new Writable({ write (chunk, _, done) { lines.push(JSON.parse(String(chunk))); done() } }) }
}
