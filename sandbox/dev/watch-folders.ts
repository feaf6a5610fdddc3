import { existsSync, readdirSync, watch } from 'node:fs'
import type { FSWatcher } from 'node:fs'
import { join, relative } from 'node:path'

// Nothing of the running application. Editors keep their own files beside the one that they write.
const LEFT_OUT = /^(?:node_modules|test|data)$|^\.|~$|^\d+$/

/** Milliseconds. Who saves all files saves them within a moment. */
const QUIET = 50

/**
 * Watches a folder with all that is below it: each folder by itself, which also sees files that editors replace.
 *
 * @param changed called with what has changed, as paths in that folder, once nothing has for a moment
 * @returns ends it
 */
export function watchFolders (root: string, changed: (paths: string[]) => void): () => void {
  const watchers = new Map<string, FSWatcher>()
  const paths = new Set<string>()
  let timer: NodeJS.Timeout | undefined

  function note (folder: string, name: string | null): void {
    if (name === null || LEFT_OUT.test(name)) return
    paths.add(relative(root, join(folder, name)))
    forgetGone()
    watchBelow(root)
    clearTimeout(timer)
    timer = setTimeout(() => {
      const all = [...paths]
      paths.clear()
      // Editors write to a file of another name first.
      const there = all.filter(path => existsSync(join(root, path)))
      changed(there.length > 0 ? there : all)
    }, QUIET)
  }

  function watchBelow (folder: string): void {
    try {
      if (!watchers.has(folder)) {
        const watcher = watch(folder, (_event, name) => { note(folder, name) })
        watchers.set(folder, watcher.on('error', () => {}))
      }
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        if (entry.isDirectory() && !LEFT_OUT.test(entry.name)) watchBelow(join(folder, entry.name))
      }
    } catch (error) {
      // It has gone meanwhile. Only the system fails here.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }

  function forgetGone (): void {
    for (const [folder, watcher] of watchers) {
      if (existsSync(folder)) continue
      watcher.close()
      watchers.delete(folder)
    }
  }

  watchBelow(root)
  return () => {
    clearTimeout(timer)
    for (const watcher of watchers.values()) watcher.close()
  }
}
