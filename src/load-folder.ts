import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { DeclarationHookError, DeclarationNameError, ExportMissingError } from './errors.ts'

/** What a file of a folder may declare: placements by their code, screens by their name. */
export interface Declared {
  kind: 'placement' | 'screen'
  /** The names that are declared until now */
  names: () => readonly string[]
}

// Inside a file that declares a handler these would do nothing, as its calls come in by the route of all placements.
const routeOnly = ['addHook', 'setErrorHandler', 'setNotFoundHandler', 'addContentTypeParser', 'route', 'get', 'post'] as const

/** `part.ts`, and `part/index.ts` for what has more files; declarations of types and everything else is left alone. */
function entriesOf (folder: string): Array<{ name: string, file: string }> {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const [, name] = /^(.+)(?<!\.d)\.[jt]s$/.exec(entry.name) ?? []
    if (!entry.isDirectory()) return name === undefined ? [] : [{ name, file: join(folder, entry.name) }]
    const index = ['index.ts', 'index.js'].map(file => join(folder, entry.name, file)).find(existsSync)
    return index === undefined ? [] : [{ name: entry.name, file: index }]
  })
}

async function importPlugin (file: string): Promise<FastifyPluginAsync> {
  const { default: plugin } = await import(pathToFileURL(file).href) as { default?: unknown }
  if (typeof plugin !== 'function') throw new ExportMissingError(file)
  return plugin as FastifyPluginAsync // what else it may be, Fastify says when it is registered
}

/** Registers every file of a folder as a plugin. Throws ExportMissingError for a file without a default export. */
export async function loadRoutes (fastify: FastifyInstance, folder: string): Promise<void> {
  for (const { file } of entriesOf(folder)) await fastify.register(await importPlugin(file))
}

/**
 * Loads the files of a folder that each declare what they are named after. A folder in it holds the declaration in its `index.ts`,
 * and beside it, in `plugin.ts`, what the handler needs of Fastify: decorators, routes, hooks.
 *
 * @throws ExportMissingError, DeclarationNameError and DeclarationHookError, at boot, each naming the file
 */
export async function loadDeclarations (fastify: FastifyInstance, folder: string, { kind, names }: Declared): Promise<void> {
  for (const { name, file } of entriesOf(folder)) {
    const plugin = file.replace(/index(\.[jt]s)$/, 'plugin$1')
    if (plugin !== file && existsSync(plugin)) await fastify.register(await importPlugin(plugin))
    const declare = await importPlugin(file)
    const before = new Set(names())
    await fastify.register(async scope => {
      const refusals = routeOnly.map(method => [method, () => { throw new DeclarationHookError(file, method) }])
      await declare(Object.assign(Object.create(scope), Object.fromEntries(refusals)), {})
    })
    const declared = names().filter(known => !before.has(known))
    if (!declared.includes(name)) throw new DeclarationNameError(file, kind, name)
  }
}
