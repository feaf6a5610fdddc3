import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin, Rolldown } from 'vite'

/**
 * Gives Vite the pages, also those that we write, and takes what it makes of them out of the files to be served.
 *
 * @param root of the project
 * @param pages by their paths
 * @param built filled with what Vite has made of them
 */
export const pagesPlugin = (
  root: string, pages: ReadonlyMap<string, string>, built: Map<string, string>
): Plugin => ({
  name: 'fastify-bitrix24:pages',
  enforce: 'post',
  resolveId: { order: 'pre', handler: id => pages.has(id) ? id : undefined },
  load: { order: 'pre', handler: id => pages.get(id) },
  generateBundle: {
    order: 'post',
    handler (_options, bundle) {
      for (const output of Object.values(bundle)) {
        const page = join(root, output.fileName)
        if (output.type !== 'asset' || !pages.has(page)) continue
        built.set(page, String(output.source))
        delete bundle[output.fileName]
      }
    }
  }
})

/**
 * Notes of which files of the project each entry is made.
 *
 * @param ids the entries
 * @param folder where the front end is
 * @param sources filled with the files
 */
export const sourcesPlugin = (ids: readonly string[], folder: string, sources: Map<string, string[]>): Plugin => ({
  name: 'fastify-bitrix24:sources',
  generateBundle () {
    // Style sheets that others import are not modules.
    const styles = globSync('**/*.{css,pcss,scss,sass,less,styl}', { cwd: folder }).map(file => join(folder, file))
    for (const id of ids) {
      const files = [...modulesOf(this, id)].map(module => module.replace(/\?.*$/s, ''))
      const own = files.filter(file => !file.includes('/node_modules/') && existsSync(file))
      sources.set(id, [...new Set([...own, ...styles])].sort())
    }
  }
})

/** A module, and all that it imports. */
function modulesOf (context: Pick<Rolldown.PluginContext, 'getModuleInfo'>, entry: string): Set<string> {
  const modules = new Set([entry])
  for (const id of modules) {
    // Vite has named each of them, and so knows it.
    const { importedIds, dynamicallyImportedIds } = context.getModuleInfo(id) as Rolldown.ModuleInfo
    for (const imported of [...importedIds, ...dynamicallyImportedIds]) modules.add(imported)
  }
  return modules
}
