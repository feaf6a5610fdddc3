import { globSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { installationTables } from '../store/installation-tables.ts'
import type { TableSet } from '../store/migrations.ts'

const root = join(import.meta.dirname, '../..')

/** All tables that the service may have: the core's, and those of each plugin with a `tables.ts`. */
export async function tableSets (): Promise<TableSet[]> {
  const files = globSync('plugins/*/tables.{ts,js}', { cwd: root }).sort()
  const features = files.map(async (file) => {
    const { default: set } = await import(pathToFileURL(join(root, file)).href) as { default: TableSet }
    return set
  })
  return [installationTables, ...await Promise.all(features)]
}
