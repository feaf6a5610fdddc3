import { existsSync, readdirSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { ApplicationFileError, DeclarationHookError, DeclarationNameError, ExportMissingError } from '../errors.ts'

// What these set in a scope concerns the routes of that scope, and calls come in by the one route of all placements.
const withoutEffect = [
  'addHook', 'addContentTypeParser', 'decorateReply', 'decorateRequest', 'removeAllContentTypeParsers',
  'setErrorHandler', 'setNotFoundHandler', 'setReplySerializer', 'setSerializerCompiler', 'setValidatorCompiler'
] as const

// How a file name says `*`: as Bitrix24's docs write the number in codes such as CRM_DYNAMIC_XXX_DETAIL_TAB.
const family = 'XXX'
const fileName = (code: string): string => code.replaceAll('*', family)

const indexes = ['index.ts', 'index.js', 'index.mts', 'index.mjs']

/** `part.ts`, and `part/index.ts` for what has more files; declarations of types and everything else is left alone. */
function entriesOf (folder: string): Array<{ name: string, file: string }> {
  return readdirSync(folder).sort().flatMap(entry => {
    const [, name] = /^(.+)(?<!\.d)\.[cm]?[jt]s$/.exec(entry) ?? []
    if (name !== undefined) return [{ name, file: join(folder, entry) }]
    const index = indexes.map(file => join(folder, entry, file)).find(existsSync)
    return index === undefined ? [] : [{ name: entry, file: index }]
  })
}

/** What a script has thrown while it was imported, which may be anything. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : `throws ${inspect(thrown)}`

// Holds the name under which fastify-plugin makes a plugin known.
const meta = Symbol.for('plugin-meta')

const running = new Set<string>()

/** Runs what a file of the application does at the start, which may never end. */
export async function runFile<T> (file: string, run: () => Promise<T>): Promise<T> {
  running.add(file)
  return await run().finally(() => running.delete(file))
}

/** Imports a file of the application. */
export const importFile = async (file: string): Promise<unknown> =>
  await runFile(file, async () => await import(pathToFileURL(file).href))

/** Which file, or else which plugin, a start is waiting for. */
export function pendingIn (fastify: FastifyInstance): string {
  // What has not ended has no time, and the deepest comes last.
  const plugins = [...fastify.printPlugins().matchAll(/^[ │├└─┬]*(.*) -1 ms$/gm)].map(([, name]) => String(name))
  return `: ${[...plugins, ...plugins.filter(isAbsolute), ...running].at(-1)}`
}

/**
 * The plugin that a file exports.
 *
 * @throws {ApplicationFileError} for a file that cannot be imported: Node does not always name it
 * @throws {ExportMissingError}
 */
export async function importPlugin (file: string): Promise<FastifyPluginAsync> {
  const imported = importFile(file) as Promise<{ default?: unknown }>
  const { default: plugin } = await imported
    .catch((cause: unknown) => { throw new ApplicationFileError(file, messageOf(cause), { cause }) })
  if (typeof plugin !== 'function') throw new ExportMissingError(file)
  // Most are called "plugin"; so Fastify knows each by its file, and so do the errors of two that declare the same.
  const known = { [Symbol.for('fastify.display-name')]: file, [meta]: { name: file } }
  return Object.assign(plugin as FastifyPluginAsync, known, meta in plugin && { [meta]: plugin[meta] })
}

/**
 * Loads folders of files that each declare a placement or a screen: the one that the file is named after, and perhaps
 * further ones. A folder declares in its `index.ts`. What is declared already replaces the files of that name.
 *
 * @throws {ExportMissingError}
 * @throws {DeclarationNameError} for a file that does not declare what it is named after
 * @throws {DeclarationHookError} for a file that calls `addHook`, `setErrorHandler` or the like
 */
export async function loadDeclarations (
  fastify: FastifyInstance, kind: 'placement' | 'screen', folders: readonly string[]
): Promise<void> {
  // What is declared until now
  const names = () => kind === 'placement'
    ? fastify.placements.all().map(({ code }) => code)
    : fastify.links.screens().map(({ name }) => name)
  for (const folder of folders) {
    const replaced = names().map(fileName)
    const entries = entriesOf(folder).filter(({ name }) => !replaced.includes(name))
    for (const { name, file } of entries) await loadDeclaration(fastify, kind, name, file, names)
  }
}

async function loadDeclaration (
  fastify: FastifyInstance, kind: string, name: string, file: string, names: () => readonly string[]
): Promise<void> {
  const declare = await importPlugin(file)
  const before = names()
  await fastify.register(async scope => {
    for (const method of withoutEffect) scope[method] = () => { throw new DeclarationHookError(file, method) }
    await scope.register(declare)
  })
  const declared = names().filter(known => !before.includes(known))
  const isDeclared = declared.map(fileName).includes(name)
  if (!isDeclared) throw new DeclarationNameError(file, kind, name)
}
