import { nearest } from '../../src/commands/nearest.ts'
import { catalogue } from '../placement-catalogue.ts'
import type { LogLine } from '../service-log.ts'

/** Reads lines of an installation, and says once which placements are not bound because there are none of that code. */
export function tellUnknown (): (line: LogLine | undefined) => void {
  const told = new Set<string>()
  return line => {
    for (const { code, reason } of line?.skipped ?? []) {
      if (reason !== 'unknown:' || told.has(code)) continue
      told.add(code)
      const meant = nearest(code, [...catalogue.keys()])
      console.error(`${code} is not bound: the portal has no such placement` +
        (meant === undefined ? '.' : `; did you mean ${meant}?`))
    }
  }
}
