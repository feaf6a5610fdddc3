import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { loadDeclarations } from './declarations.ts'
import { loadPlugins, type ApplicationFolders } from './folder.ts'
import { migrateApplication } from './migrations.ts'
import { nameDuplicates } from './route-sources.ts'

const routes = join(import.meta.dirname, '../../routes')

/**
 * Loads an application, and what every application starts with: what the application declares comes first, and so
 * replaces ours of the same name.
 */
export async function loadApplication (fastify: FastifyInstance, own: ApplicationFolders, hasLinks: boolean) {
  nameDuplicates(fastify)
  for (const folder of own.migrations) await migrateApplication(fastify.database, folder, fastify.log)
  for (const folder of own.plugins) await loadPlugins(fastify, folder)
  fastify.pages.addFolder(join(routes, 'placements'))
  await loadDeclarations(fastify, 'placement', [...own.placements, join(routes, 'placements')])
  if (hasLinks) await loadDeclarations(fastify, 'screen', own.screens)
  for (const folder of [routes, ...own.routes]) await loadPlugins(fastify, folder)
}
