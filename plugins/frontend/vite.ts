import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type * as Vite from 'vite'
import { FrontendViteError } from '../../src/errors.ts'
import { noncePlaceholder } from './template.ts'

/**
 * The project that a folder belongs to: the nearest folder with a package.json, where vite.config.ts is looked for.
 *
 * @param folder absolute path
 */
export function projectOf (folder: string): string {
  const parent = dirname(folder)
  if (existsSync(join(folder, 'package.json')) || parent === folder) return folder
  return projectOf(parent)
}

/**
 * Loads the Vite that a project has installed.
 *
 * @throws {FrontendViteError} when it has none
 */
export async function loadVite (root: string): Promise<typeof Vite> {
  try {
    const { resolve } = createRequire(join(root, 'package.json'))
    return await import(pathToFileURL(resolve('vite')).href)
  } catch (cause) {
    throw new FrontendViteError(root, { cause })
  }
}

/** What the settings of the project cannot change. */
export const ownSettings = {
  appType: 'custom',
  html: { cspNonce: noncePlaceholder }
} as const
