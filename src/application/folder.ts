import { globSync, readdirSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import autoload from '@fastify/autoload'
import type { FastifyInstance } from 'fastify'
import type { BaseLogger } from 'pino'
import { distance } from '../commands/nearest.ts'
import { ApplicationFileError, ApplicationFolderError } from '../errors.ts'
import { useFastifysOwnFor } from '../http/fastifys-own.ts'
import { importPlugin, loadDeclarations } from './declarations.ts'
import { migrateApplication } from './migrations.ts'
import { nameDuplicates } from './route-sources.ts'

const names = ['placements', 'screens', 'plugins', 'routes', 'views', 'public', 'locales', 'migrations'] as const

/** The folders of an application that are there, one at most of each name: absolute paths. */
interface ApplicationFolders extends Record<typeof names[number], string[]> {
  /** The entries of its front end, and what was built of them; undefined: it has none */
  frontend: { sources: string | undefined, build: string } | undefined
}

/**
 * What there is of an application: of `placements/`, `screens/` and so on, each of which may be missing.
 *
 * @param root absolute path; undefined: there is no application
 * @param log hears of folders with nearly such a name, which nothing reads
 * @throws {ApplicationFolderError} when there is no such folder
 */
export function applicationFolders (root: string | undefined, log?: Pick<BaseLogger, 'warn'>): ApplicationFolders {
  const entries = root === undefined ? [] : entriesOf(root)
  const folder = (name: string) => root !== undefined && isFolder(join(root, name)) ? [join(root, name)] : []
  const [sources] = folder('frontend')
  const build = join(String(root), 'ui')
  for (const entry of entries) {
    const meant = [...names, 'frontend'].find(name => isSlip(entry, name))
    if (meant !== undefined && folder(entry)[0]) log?.warn(`${root}/${entry} is not read: is ${meant}/ meant?`)
  }
  const frontend = sources !== undefined || folder('ui').length > 0 ? { sources, build } : undefined
  // Its keys are all of the names.
  const folders = Object.fromEntries(names.map(name => [name, folder(name)])) as Record<typeof names[number], string[]>
  return { ...folders, frontend }
}

/** What is in the folder of an application. */
function entriesOf (root: string): string[] {
  try {
    return readdirSync(root)
  } catch (cause) {
    throw new ApplicationFolderError((cause as Error).message, { cause })
  }
}

// Folders of other names are the developer's own.
const isSlip = (entry: string, name: string): boolean =>
  entry !== name && distance(entry.toLowerCase(), name) <= name.length / 5

// Throws where it may not look: an application that nobody can read is not one that is missing.
const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

// No plugins: tests, types, what begins with an underscore, and what other folders of ours hold.
const ignored = /^(?:placements|screens)(?:\/|$)|(?:^|[/\\])_|\.(?:test|spec)\.[cm]?[jt]s$|\.d\.[cm]?ts$/

const isScript = /\.[cm]?[jt]s$/

/**
 * Loads ordinary Fastify plugins or routes, as fastify-cli lays them out: folders become prefixes of routes. Every
 * script is a plugin, but for those whose name, or whose folder's, begins with an underscore.
 *
 * @throws {ExportMissingError} for a file without a default export
 * @throws {ApplicationFileError} for a symbolic link, which the loader would skip
 */
export async function loadPlugins (fastify: FastifyInstance, dir: string, options: object = {}): Promise<void> {
  // The loader skips links, and a file without a default export, and says nothing.
  for (const entry of globSync('**/*', { cwd: dir, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isSymbolicLink() && !ignored.test(relative(dir, path)) && (isScript.test(path) || isFolder(path))) {
      throw new ApplicationFileError(path, 'is a symbolic link, and is not followed: move there what it leads to')
    }
  }
  const files = globSync('**/*.{js,ts,mjs,mts,cjs,cts}', { cwd: dir }).filter(file => !ignored.test(file)).sort()
  for (const file of files) await importPlugin(join(dir, file))
  await fastify.register(autoload, { dir, options, ignorePattern: ignored, indexPattern: /(?!)/, forceESM: true })
}

const routes = join(import.meta.dirname, '../../routes')

/**
 * Loads an application, and what every application starts with: what the application declares comes first, and so
 * replaces ours of the same name.
 */
export async function loadApplication (
  fastify: FastifyInstance, own: ApplicationFolders, shutdown: AbortSignal, hasLinks: boolean
) {
  nameDuplicates(fastify)
  for (const folder of own.migrations) await migrateApplication(fastify.database, folder, fastify.log)
  for (const folder of own.plugins) await loadPlugins(fastify, folder)
  fastify.pages.addFolder(join(routes, 'placements'))
  await loadDeclarations(fastify, 'placement', [...own.placements, join(routes, 'placements')])
  if (hasLinks) await loadDeclarations(fastify, 'screen', own.screens)
  await fastify.register(async scope => {
    useFastifysOwnFor(scope)
    await loadPlugins(scope, routes, { shutdown })
  })
  for (const folder of own.routes) await loadPlugins(fastify, folder)
}
