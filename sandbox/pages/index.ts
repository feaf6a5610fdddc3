import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import type { Portal } from '../portal.ts'
import type { FrameUsers } from './application-frame.ts'
import { applicationPages } from './application-pages.ts'
import { contentPages } from './content-pages.ts'
import { frameActions } from './frame-actions.ts'
import { placementPages } from './placement-pages.ts'
import { screenOf } from './screen.ts'
import { settingsPage } from './settings-page.ts'
import { viewerOf } from './viewer.ts'

/** The pages of one portal, and what the scripts in them ask for. */
export function pages (app: FastifyInstance, portal: Portal): void {
  const frameUsers: FrameUsers = new Map()
  const screen = screenOf(portal)
  app.register(fastifyStatic, { root: fileURLToPath(new URL('../assets', import.meta.url)), prefix: '/sandbox/assets/' })
  frameActions(app, portal, frameUsers)
  applicationPages(app, screen, frameUsers)
  contentPages(app, screen, frameUsers)
  placementPages(app, screen)
  settingsPage(app, screen)
  app.setNotFoundHandler((request, reply) =>
    screen.say(reply, viewerOf(portal, request), 404, 'Not found', 'The portal has no page at this address.'))
}
