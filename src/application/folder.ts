import { existsSync, globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import autoload from '@fastify/autoload'
import type { FastifyInstance } from 'fastify'
import { ApplicationFolderError } from '../errors.ts'
import { importPlugin } from './declarations.ts'

/** The folders of an application that are there: absolute paths. */
export interface ApplicationFolders {
  placements: string[]
  screens: string[]
  plugins: string[]
  routes: string[]
  views: string[]
  public: string[]
  locales: string[]
  migrations: string[]
  /** The entries of its front end, and what was built of them; undefined: it has none */
  frontend: { sources: string | undefined, build: string } | undefined
}

/**
 * What there is of an application: of `placements/`, `screens/` and so on, each of which may be missing.
 *
 * @param root absolute path; undefined: there is no application
 * @throws {ApplicationFolderError} when there is no such folder
 */
export function applicationFolders (root: string | undefined): ApplicationFolders {
  if (root !== undefined && !isFolder(root)) throw new ApplicationFolderError(root)
  const folder = (name: string) => root !== undefined && isFolder(join(root, name)) ? [join(root, name)] : []
  const [sources] = folder('frontend')
  const build = join(String(root), 'ui')
  return {
    placements: folder('placements'),
    screens: folder('screens'),
    plugins: folder('plugins'),
    routes: folder('routes'),
    views: folder('views'),
    public: folder('public'),
    locales: folder('locales'),
    migrations: folder('migrations'),
    frontend: sources !== undefined || folder('ui').length > 0 ? { sources, build } : undefined
  }
}

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory()

// No plugins: tests, types, what begins with an underscore, and what other folders of ours hold.
const ignored = /^(?:placements|screens)\/|^(?:placements|screens)$|(?:^|[/\\])_|\.(?:test|spec)\.[cm]?[jt]s$|\.d\.[cm]?ts$/

/**
 * Loads ordinary Fastify plugins or routes, as fastify-cli lays them out: folders become prefixes of routes. Every
 * script is a plugin, but for those whose name, or whose folder's, begins with an underscore.
 *
 * @throws {ExportMissingError} for a file without a default export
 */
export async function loadPlugins (fastify: FastifyInstance, folder: string): Promise<void> {
  const files = globSync('**/*.{js,ts,mjs,mts,cjs,cts}', { cwd: folder }).filter(file => !ignored.test(file)).sort()
  // The loader skips a file without a default export, and says nothing.
  for (const file of files) await importPlugin(join(folder, file))
  await fastify.register(autoload, { dir: folder, ignorePattern: ignored, indexPattern: /(?!)/, forceESM: true })
}
