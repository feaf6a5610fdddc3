import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FrontendEntryError } from '../../src/errors.ts'

/** A page of the application: `frontend/<name>.html`, or the script of a page that we write. */
export interface Entry {
  name: string
  /** `frontend/<name>.server.ts`, which exports `render`; undefined: the browser renders alone */
  server: string | undefined
  /** The page as it is written, before Vite has seen it */
  html: string
}

const entryFile = /^([a-z0-9][\w-]*)\.(?:html|[jt]sx?)$/i
const scripts = ['.ts', '.tsx', '.js', '.jsx']

/**
 * The entries of a folder: the HTML files and scripts directly in it. A script beside a page of its name belongs to
 * that page; what begins with an underscore is not an entry, nor are `<name>.server.ts` and `<name>.test.ts`.
 *
 * @param folder absolute path
 */
export function entriesOf (folder: string): Entry[] {
  const names = readdirSync(folder).flatMap(file => entryFile.exec(file)?.[1] ?? [])
  return [...new Set(names)].sort().map(name => readEntry(folder, name))
}

/**
 * One entry as it is now.
 *
 * @throws {FrontendEntryError} when there is no such entry
 */
export function findEntry (folder: string, name: string): Entry {
  const known = entriesOf(folder)
  return known.find(entry => entry.name === name) ?? unknownEntry(name, known.map(({ name }) => name))
}

/** @throws {FrontendEntryError} */
export function unknownEntry (name: string, known: readonly string[]): never {
  throw new FrontendEntryError(name, known.length === 0 ? 'there is none' : `there are ${known.join(', ')}`)
}

function readEntry (folder: string, name: string): Entry {
  const page = join(folder, `${name}.html`)
  const find = (name: string) => scripts.map(end => `${name}${end}`).find(file => existsSync(join(folder, file)))
  const server = find(`${name}.server`)
  return {
    name,
    server: server && join(folder, server),
    html: existsSync(page) ? readFileSync(page, 'utf8') : pageOf(String(find(name)))
  }
}

/** The page of an entry that is a script. */
const pageOf = (script: string): string => `<!doctype html>
<html>
<head>
</head>
<body>
<div id="app"></div>
<script type="module" src="./${script}"></script>
</body>
</html>
`
