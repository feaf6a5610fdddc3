import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { folder } from '../folders.ts'
import { applicationPages } from './application-pages.ts'
import { contentPages } from './content-pages.ts'
import { entryPages } from './entry-pages.ts'
import { frameActions } from './frame-actions.ts'
import { placementPages } from './placement-pages.ts'
import type { Screen } from './screen.ts'
import { settingsPage } from './settings-page.ts'

/** The pages of one portal, and what the scripts in them ask for. */
export function pages (app: FastifyInstance, screen: Screen): void {
  app.register(fastifyStatic, { root: folder('assets'), prefix: '/sandbox/assets/' })
  frameActions(app, screen.portal)
  applicationPages(app, screen)
  contentPages(app, screen)
  entryPages(app, screen)
  placementPages(app, screen)
  settingsPage(app, screen)
}
