import { hash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FrontendBuildError } from '../../src/errors.ts'
import { entriesOf } from './entries.ts'

/** What `fastify-bitrix24 build` has made of an entry. */
export interface BuiltEntry {
  /** The page, with the addresses of its scripts and styles below /ui/ */
  html: string
  /** The file of `ui/server/` that renders it */
  server?: string
  /** Hashes of the files that it was made of, by their paths from the folder of the application */
  sources: Record<string, string>
}

/** The record of a build: `ui/record.json`. Beside it are `client/`, which is served, and `server/`. */
export interface BuildRecord { version: number, entries: Record<string, BuiltEntry> }

/** The global by which what renders on the server finds the address of `/ui/`. */
export const uiSymbol = Symbol.for('fastify-bitrix24.ui')

export const recordFile = 'record.json'

/** Raised when a build of before cannot be used any more. */
export const recordVersion = 1

/** Names a version of a file. */
export const hashOf = (file: string): string => hash('sha256', readFileSync(file), 'base64url')

/**
 * Reads the record of a build, and compares it with its sources, as far as they are there.
 *
 * @param build absolute path of the build
 * @param sources the folder of the entries, if it is there
 * @throws {FrontendBuildError} for a build that is missing, unreadable or older than its sources
 */
export function readRecord (build: string, sources?: string): BuildRecord {
  const record = parse(join(build, recordFile))
  const names = sources === undefined ? [] : entriesOf(sources).map(({ name }) => name)
  const missing = names.find(name => !Object.hasOwn(record.entries, name))
  if (missing !== undefined) throw new FrontendBuildError(`The entry ${missing} of the front end has no build`)
  for (const [name, entry] of Object.entries(record.entries).filter(([name]) => names.includes(name))) {
    const changed = Object.entries(entry.sources).find(([path, sum]) => {
      const file = join(build, '..', path)
      return existsSync(file) && hashOf(file) !== sum
    })
    if (changed === undefined) continue
    throw new FrontendBuildError(`The build of the entry ${name} is older than its sources (${changed[0]})`)
  }
  return record
}

function parse (file: string): BuildRecord {
  if (!existsSync(file)) throw new FrontendBuildError('The front end has no build')
  try {
    // The command that wrote it is ours.
    const record = JSON.parse(readFileSync(file, 'utf8')) as BuildRecord
    if (record.version === recordVersion) return record
  } catch {}
  throw new FrontendBuildError('The build of the front end is of another version, or damaged')
}
